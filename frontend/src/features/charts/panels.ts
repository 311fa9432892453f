/** Which panels a patient's charts have, in the order of the vital-sign table. Pure. */
import type { VitalSign } from "../../api/types";

export interface PanelSpec {
  readonly code: string;
  readonly title: string;
  readonly short: string;
  readonly unit: string | null;
  readonly decimals: number;
  /** One series, or the upper and the lower end of a range bar. */
  readonly series: readonly [string] | readonly [string, string];
  readonly minSpan: number;
  readonly bounds: { readonly min: number; readonly max: number } | null;
}

/** `present`: the codes that have data, panel codes included; a component never gets a panel of its own. */
export function panelsFor(vitals: readonly VitalSign[], present: ReadonlySet<string>): PanelSpec[] {
  const byCode = new Map(vitals.map((vital) => [vital.code, vital]));
  const parts = new Set(vitals.flatMap((vital) => vital.components ?? []));
  return vitals
    .filter((vital) => present.has(vital.code) && !parts.has(vital.code) && isNumeric(vital))
    .map((vital) => {
      const [upper, lower] = vital.components ?? [];
      const axis = (upper ? byCode.get(upper) : undefined) ?? vital;
      return {
        code: vital.code,
        title: vital.display,
        short: vital.short,
        unit: vital.unit ?? axis.unit,
        decimals: axis.decimals,
        series: upper && lower ? [upper, lower] : [vital.code],
        minSpan: leastSpan(axis),
        bounds: axis.min === null || axis.max === null ? null : { min: axis.min, max: axis.max },
      };
    });
}

/** The panel that shows a code: a component's is its parent's. */
export function panelCodeOf(vitals: readonly VitalSign[], code: string): string {
  return vitals.find((vital) => vital.components?.includes(code))?.code ?? code;
}

/** A coded vital sign (consciousness) has neither a unit nor components: nothing to plot. */
function isNumeric(vital: VitalSign): boolean {
  return vital.unit !== null || (vital.components?.length ?? 0) > 0;
}

/** A quarter of the usual range: noise within it must not look like a storm. */
function leastSpan(vital: VitalSign): number {
  const { default_low: low, default_high: high } = vital;
  if (low !== null && high !== null) return (high - low) / 4;
  if (low !== null && vital.max !== null) return Math.abs(vital.max - low) * 0.8;
  return 5;
}
