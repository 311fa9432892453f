/** The unit somebody chose last for a vital sign, on this device. */
import type { VitalSign } from "../../api/types";

const key = (code: string): string => `pmp-unit-${code}`;

export function chosenUnit(sign: VitalSign): string {
  const usual = sign.display_units[0] ?? sign.unit ?? "";
  try {
    const kept = localStorage.getItem(key(sign.code));
    return kept !== null && sign.display_units.includes(kept) ? kept : usual;
  } catch {
    return usual;
  }
}

export function keepUnit(code: string, unit: string): void {
  try {
    localStorage.setItem(key(code), unit);
  } catch {
    // Storage may be forbidden; the usual unit is offered again next time.
  }
}
