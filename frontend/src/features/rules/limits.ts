/** The limits form: text as typed, checked before it is sent. Pure. */
import type { AlertRule, AlertRuleInput } from "../../api/types";

export const limitFields = ["critical_low", "low", "high", "critical_high"] as const;
export type LimitField = (typeof limitFields)[number];
/** How an alert behaves: how long a breach must last, how far back a value must come, whether it waits for a person. */
export type Manners = Pick<AlertRule, "duration_s" | "hysteresis" | "latching" | "rate">;
export type LimitRow = Readonly<Record<LimitField, number | null>> & Manners;
/** Edited rows by code; null: the patient's own limits are given up for those beneath. */
export type LimitEdits = ReadonlyMap<string, LimitRow | null>;

export type LimitProblem = "order" | "outside" | "hysteresis";

export function rowOf(rule: AlertRuleInput): LimitRow {
  const { critical_low = null, low, high, critical_high = null, duration_s, hysteresis, latching, rate = null } = rule;
  return { critical_low, low, high, critical_high, duration_s, hysteresis, latching, rate };
}

/** Whether the alert behaves otherwise than one usually does. */
export function hasManners({ duration_s, hysteresis, latching, rate }: Manners): boolean {
  return duration_s > 0 || hysteresis > 0 || !latching || rate !== null;
}

/** Limits must rise from critical low to critical high, and lie where a value can be. */
export function problemOf(
  row: LimitRow,
  bounds: { min: number | null; max: number | null } | null,
): LimitProblem | null {
  const given = limitFields.map((field) => row[field]).filter((value) => value !== null);
  if (given.some((value) => isOutside(value, bounds))) return "outside";
  if (row.low !== null && row.high !== null && row.low + row.hysteresis >= row.high - row.hysteresis) {
    if (row.hysteresis > 0) return "hysteresis";
  }
  return given.every((value, i) => i === 0 || value >= (given[i - 1] ?? value)) ? null : "order";
}

function isOutside(value: number, bounds: { min: number | null; max: number | null } | null): boolean {
  return (bounds?.min ?? Number.NEGATIVE_INFINITY) > value || (bounds?.max ?? Number.POSITIVE_INFINITY) < value;
}

export function sameRow(a: LimitRow, b: LimitRow): boolean {
  return (
    limitFields.every((field) => a[field] === b[field]) &&
    a.duration_s === b.duration_s &&
    a.hysteresis === b.hysteresis &&
    a.latching === b.latching &&
    a.rate?.change === b.rate?.change &&
    a.rate?.hours === b.rate?.hours &&
    a.rate?.direction === b.rate?.direction
  );
}

/** The answer replaces all of a patient's own rules: those that differ from the default, and those already their own. */
export function rulesToSend(rules: readonly AlertRule[], edits: LimitEdits): AlertRuleInput[] {
  return rules
    .filter((rule) => edits.get(rule.code) !== null && (rule.source === "patient" || isChanged(rule, edits)))
    .map((rule) => ({ code: rule.code, ...(edits.get(rule.code) ?? rowOf(rule)) }));
}

export function isChanged(rule: AlertRule, edits: LimitEdits): boolean {
  const edit = edits.get(rule.code);
  if (edit === null) return rule.source === "patient";
  return edit !== undefined && !sameRow(edit, rowOf(rule));
}
