/** A part of the table of vital signs as the server sends it. */
import type { VitalSign } from "../api/types";

function row(code: string, display: string, unit: string | null, more: Partial<VitalSign>): VitalSign {
  return {
    code,
    display,
    short: display,
    unit,
    display_units: unit === null ? [] : [unit],
    min: 0,
    max: null,
    default_low: null,
    default_high: null,
    components: null,
    coded: null,
    decimals: 0,
    ...more,
  };
}

export const vitalSigns: readonly VitalSign[] = [
  row("8867-4", "Heart rate", "/min", { max: 300, default_low: 50, default_high: 120 }),
  row("2708-6", "Oxygen saturation", "%", { max: 100, default_low: 90 }),
  row("85354-9", "Blood pressure", null, {
    components: ["8480-6", "8462-4", "8478-0"],
    display_units: ["mm[Hg]", "kPa"],
  }),
  row("8480-6", "Systolic blood pressure", "mm[Hg]", { max: 400, default_low: 90, default_high: 160 }),
  row("8462-4", "Diastolic blood pressure", "mm[Hg]", { max: 300, default_low: 50, default_high: 90 }),
  row("8478-0", "Mean arterial pressure", "mm[Hg]", { max: 330 }),
  row("8310-5", "Body temperature", "Cel", {
    min: 10,
    max: 50,
    default_low: 35,
    default_high: 39,
    decimals: 1,
    display_units: ["Cel", "[degF]"],
  }),
  row("2339-0", "Glucose", "mg/dL", { default_low: 70, default_high: 180, display_units: ["mg/dL", "mmol/L"] }),
  row("67775-7", "Level of consciousness", null, { min: null }),
];

export function sign(code: string): VitalSign {
  const found = vitalSigns.find((each) => each.code === code);
  if (!found) throw new Error(`no vital sign ${code}`);
  return found;
}
