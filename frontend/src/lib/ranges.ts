/** Where a value lies in somebody's range. Pure. */
import type { AlertRule, Observation, VitalSign } from "../api/types";

export interface Range {
  readonly low: number | null;
  readonly high: number | null;
}

export type Place = "within" | "above" | "below";

/** The patient's own limits where they may be read, the usual adult range otherwise. */
export function rangeOf(code: string, rules: readonly AlertRule[] | undefined, signs: readonly VitalSign[]): Range {
  const rule = rules?.find((each) => each.code === code);
  if (rule) return { low: rule.low, high: rule.high };
  const sign = signs.find((each) => each.code === code);
  return { low: sign?.default_low ?? null, high: sign?.default_high ?? null };
}

/** The bounds themselves are within. `null`: there is no range to speak of. */
export function placeOf(value: number, range: Range): Place | null {
  if (range.low !== null && value < range.low) return "below";
  if (range.high !== null && value > range.high) return "above";
  return range.low === null && range.high === null ? null : "within";
}

/** The worst place of an observation's parts; a meter's HI or LO counts as above or below. */
export function observationPlace(observation: Observation, rangeFor: (code: string) => Range): Place | null {
  if (observation.status !== "final") return null;
  if (observation.data_absent_reason === "positive-infinity") return "above";
  if (observation.data_absent_reason === "negative-infinity") return "below";
  const parts = observation.components.length > 0 ? observation.components : [observation];
  const places = parts.flatMap(({ code, value }) => (value === null ? [] : [placeOf(value, rangeFor(code))]));
  return places.find((place) => place === "above") ?? places.find((place) => place === "below") ?? places[0] ?? null;
}
