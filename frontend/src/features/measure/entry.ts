/** What somebody typed, understood: numbers, their limits, and the observation to send. Pure; the time comes in. */
import type { Acvpu, NewObservation, VitalSign } from "../../api/types";
import { convert, unitDecimals } from "../../lib/units";

export interface EntryField {
  readonly code: string;
  readonly sign: VitalSign;
}

export interface Entry {
  /** What was typed, by code. */
  readonly texts: Readonly<Record<string, string>>;
  readonly unit: string;
  readonly when: "now" | "earlier";
  /** As an input of type datetime-local has it: local, without a zone. */
  readonly at: string;
  readonly note: string;
}

export interface EntryError {
  readonly field: string;
  readonly key: string;
  readonly values?: Readonly<Record<string, string | number>>;
}

export type Reading =
  | { readonly ok: true; readonly observation: NewObservation; readonly values: Readonly<Record<string, number>> }
  | { readonly ok: false; readonly errors: readonly EntryError[] };

/** The mean is measured by machines only. */
const systolic = "8480-6";
const diastolic = "8462-4";
const notTyped: ReadonlySet<string> = new Set(["8478-0", "39156-5"]);
export const consciousness = "67775-7";

/** Signs of which one types a value: no parts of panels, nothing that is computed. */
export function typedSigns(signs: readonly VitalSign[]): VitalSign[] {
  const parts = new Set(signs.flatMap((sign) => sign.components ?? []));
  return signs.filter((sign) => !parts.has(sign.code) && !notTyped.has(sign.code));
}

export function fieldsOf(sign: VitalSign, signs: readonly VitalSign[]): EntryField[] {
  if (!sign.components) return [{ code: sign.code, sign }];
  return sign.components.flatMap((code) => {
    const part = signs.find((each) => each.code === code);
    return part && !notTyped.has(code) ? [{ code, sign: part }] : [];
  });
}

/** "36,8" and "36.8" are the same number; "1,234.5" is none. */
export function parseNumber(text: string): number | null {
  const plain = text.trim().replace(",", ".");
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
}

export function readEntry(sign: VitalSign, fields: readonly EntryField[], entry: Entry, nowMs: number): Reading {
  const time = readTime(entry, nowMs);
  const common = {
    code: sign.code,
    ...(time.at === null ? {} : { effective_at: time.at }),
    ...(entry.note.trim() ? { note: entry.note.trim() } : {}),
  };
  if (sign.code === consciousness) {
    const chosen = entry.texts[sign.code] ?? "";
    if (!isAcvpu(chosen)) return { ok: false, errors: [{ field: sign.code, key: "choose" }, ...time.errors] };
    if (time.errors.length > 0) return { ok: false, errors: time.errors };
    return { ok: true, observation: { ...common, value_code: chosen }, values: {} };
  }
  const read = fields.map((field) => readField(field, entry));
  const errors = [...read.flatMap((each) => (each.error ? [each.error] : [])), ...orderErrors(read), ...time.errors];
  if (errors.length > 0) return { ok: false, errors };
  const values = Object.fromEntries(read.map((each) => [each.code, each.value]));
  const { unit } = entry;
  const body = sign.components
    ? { components: read.map(({ code, value }) => ({ code, value, unit })) }
    : { value: read[0]?.value ?? 0, unit };
  return { ok: true, observation: { ...common, ...body }, values };
}

interface ReadField {
  readonly code: string;
  readonly value: number;
  readonly error: EntryError | null;
}

function readField({ code, sign }: EntryField, entry: Entry): ReadField {
  const text = entry.texts[code] ?? "";
  const fail = (key: string, limit?: number): ReadField => {
    const decimals = unitDecimals(entry.unit, sign.decimals);
    const values = limit === undefined ? {} : { values: { limit: Number(limit.toFixed(decimals)), unit: entry.unit } };
    return { code, value: Number.NaN, error: { field: code, key, ...values } };
  };
  if (text.trim() === "") return fail("missing");
  const value = parseNumber(text);
  if (value === null) return fail("notNumber");
  const bound = (limit: number | null) => (limit === null ? null : convert(limit, sign.unit ?? entry.unit, entry.unit));
  const low = bound(sign.min);
  const high = bound(sign.max);
  // The bounds lie outside, except where a bound is itself a value: 100 % saturation, 0 L/min of oxygen.
  if (low !== null && (value < low || (value === low && !isValue(sign, "low")))) return fail("tooLow", low);
  if (high !== null && (value > high || (value === high && !isValue(sign, "high")))) return fail("tooHigh", high);
  return { code, value, error: null };
}

function isValue(sign: VitalSign, bound: "low" | "high"): boolean {
  return bound === "high" ? sign.unit === "%" || sign.unit === "L/min" : sign.unit === "L/min";
}

function orderErrors(read: readonly ReadField[]): EntryError[] {
  const upper = read.find((each) => each.code === systolic)?.value;
  const lower = read.find((each) => each.code === diastolic)?.value;
  return upper !== undefined && lower !== undefined && upper <= lower ? [{ field: systolic, key: "order" }] : [];
}

/** Clocks differ a little; more than this ahead is a slip. */
const aheadMs = 60_000;

function readTime(entry: Entry, nowMs: number): { at: string | null; errors: readonly EntryError[] } {
  if (entry.when === "now") return { at: null, errors: [] };
  const time = Date.parse(entry.at);
  if (Number.isNaN(time)) return { at: null, errors: [{ field: "at", key: "noTime" }] };
  if (time > nowMs + aheadMs) return { at: null, errors: [{ field: "at", key: "future" }] };
  return { at: new Date(time).toISOString(), errors: [] };
}

function isAcvpu(text: string): text is Acvpu {
  return ["A", "C", "V", "P", "U"].includes(text);
}

/** Epoch ms as an input of type datetime-local wants it. */
export function toLocalInput(ms: number): string {
  const local = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
