/** Units people may choose, and how they convert. Pure. The server converts again and stores its own unit. */

interface Conversion {
  readonly from: string;
  readonly to: string;
  readonly factor: number;
  readonly offset: number;
}

/** Glucose: molar mass 180.16 g/mol. Pressure, mass and length: exact by definition. */
const conversions: readonly Conversion[] = [
  { from: "Cel", to: "[degF]", factor: 1.8, offset: 32 },
  { from: "kg", to: "[lb_av]", factor: 1 / 0.45359237, offset: 0 },
  { from: "mg/dL", to: "mmol/L", factor: 1 / 18.016, offset: 0 },
  { from: "mm[Hg]", to: "kPa", factor: 0.133322387415, offset: 0 },
  { from: "cm", to: "[in_i]", factor: 1 / 2.54, offset: 0 },
];

/** `null`: these two units do not measure the same thing, or nobody taught us how. */
export function convert(value: number, from: string, to: string): number | null {
  if (from === to) return value;
  const forth = conversions.find((each) => each.from === from && each.to === to);
  if (forth) return value * forth.factor + forth.offset;
  const back = conversions.find((each) => each.from === to && each.to === from);
  return back ? (value - back.offset) / back.factor : null;
}

const decimalsOf: Readonly<Record<string, number>> = { "mmol/L": 1, kPa: 1, "[degF]": 1, "[lb_av]": 1, "[in_i]": 1 };

/** Decimals worth showing in a unit; in the stored unit what the table says. */
export function unitDecimals(unit: string | null, storedDecimals: number): number {
  return unit === null ? storedDecimals : (decimalsOf[unit] ?? storedDecimals);
}
