/** The limits form: text as typed, checked before it is sent. Pure. */
import type { AlertRule } from "../../api/types";

export const limitFields = ["critical_low", "low", "high", "critical_high"] as const;
export type LimitField = (typeof limitFields)[number];
export type LimitRow = Readonly<Record<LimitField, number | null>>;
export interface AlertRuleInput extends LimitRow {
  readonly code: string;
}

export type LimitProblem = "order" | "outside";

export function rowOf(rule: AlertRule): LimitRow {
  const { critical_low, low, high, critical_high } = rule;
  return { critical_low, low, high, critical_high };
}

/** Limits must rise from critical low to critical high, and lie where a value can be. */
export function problemOf(
  row: LimitRow,
  bounds: { min: number | null; max: number | null } | null,
): LimitProblem | null {
  const given = limitFields.map((field) => row[field]).filter((value) => value !== null);
  if (given.some((value) => isOutside(value, bounds))) return "outside";
  return given.every((value, i) => i === 0 || value >= (given[i - 1] ?? value)) ? null : "order";
}

function isOutside(value: number, bounds: { min: number | null; max: number | null } | null): boolean {
  return (bounds?.min ?? Number.NEGATIVE_INFINITY) > value || (bounds?.max ?? Number.POSITIVE_INFINITY) < value;
}

export function sameRow(a: LimitRow, b: LimitRow): boolean {
  return limitFields.every((field) => a[field] === b[field]);
}

/** The answer replaces all of a patient's own rules: those that differ from the default, and those already their own. */
export function rulesToSend(rules: readonly AlertRule[], edits: ReadonlyMap<string, LimitRow>): AlertRuleInput[] {
  return rules
    .filter((rule) => rule.source === "patient" || isChanged(rule, edits))
    .map((rule) => ({ code: rule.code, ...(edits.get(rule.code) ?? rowOf(rule)) }));
}

export function isChanged(rule: AlertRule, edits: ReadonlyMap<string, LimitRow>): boolean {
  const edit = edits.get(rule.code);
  return edit !== undefined && !sameRow(edit, rowOf(rule));
}
