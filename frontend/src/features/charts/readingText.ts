/** An observation's value as professionals write it. Pure but for the reader's language. */
import type { Observation } from "../../api/types";
import { formatNumber, formatObservation } from "../../lib/format";

/** "72", "138/88", "C", a meter's own "HI" and "LO", or a dash when there is no value at all. */
export function readingText(observation: Observation, decimals?: number): string {
  if (observation.value_code !== null) return observation.value_code;
  if (observation.components.length > 0) {
    const [upper, lower] = observation.components;
    return [upper, lower].map((part) => numberText(part?.value ?? null, decimals)).join("/");
  }
  if (observation.data_absent_reason === "positive-infinity") return "HI";
  if (observation.data_absent_reason === "negative-infinity") return "LO";
  return numberText(observation.value, decimals);
}

/** The same where there is room for words: "New confusion" instead of "C". */
export function readingWords(observation: Observation, decimals?: number): string {
  return observation.value_code === null ? readingText(observation, decimals) : formatObservation(observation);
}

function numberText(value: number | null, decimals: number | undefined): string {
  return value === null ? "–" : formatNumber(value, decimals);
}
