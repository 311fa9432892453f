/** Which vital signs the board shows as columns, and what a cell of one says. Pure. */
import type { Alert, BoardItem, Observation, Spark, VitalSign } from "../../api/types";
import { isStale } from "./triage";

export interface Column {
  readonly code: string;
  readonly short: string;
  readonly title: string;
  readonly unit: string | null;
  readonly decimals: number;
  /** Codes of the spark lines and of the alerts that belong here: the sign itself, or its components. */
  readonly parts: readonly string[];
  readonly limits: { readonly low: number | null; readonly high: number | null };
}

export function columnsOf(vitals: readonly VitalSign[]): Column[] {
  const byCode = new Map(vitals.map((vital) => [vital.code, vital]));
  const components = new Set(vitals.flatMap((vital) => vital.components ?? []));
  return vitals
    .filter((vital) => !components.has(vital.code))
    .map((vital) => {
      const parts = vital.components?.slice(0, 2) ?? [vital.code];
      const [upper, lower] = parts.map((code) => byCode.get(code));
      return {
        code: vital.code,
        short: vital.short,
        title: vital.display,
        unit: vital.unit ?? upper?.unit ?? null,
        decimals: upper?.decimals ?? vital.decimals,
        parts,
        limits: { low: (lower ?? upper)?.default_low ?? null, high: upper?.default_high ?? null },
      };
    });
}

/** Until someone chooses: the numeric signs that at least one patient on the board has a value of. */
export function defaultColumns(columns: readonly Column[], items: readonly BoardItem[]): string[] {
  const measured = columns.filter(
    (column) => column.unit !== null && items.some((item) => item.latest[column.code] !== undefined),
  );
  return (measured.length > 0 ? measured : columns.slice(0, 7)).map((column) => column.code);
}

export interface Cell {
  readonly observation: Observation | null;
  readonly stale: boolean;
  readonly held: boolean;
  readonly alert: Alert | null;
  readonly sparks: readonly Spark[];
}

/** Alerts come sorted by urgency: the first that concerns the column is the cell's state. */
export function cellOf(item: BoardItem, column: Column, alerts: readonly Alert[], now: number): Cell {
  const observation = item.latest[column.code] ?? null;
  const codes = [column.code, ...column.parts];
  return {
    observation,
    stale: observation !== null && isStale(observation.effective_at, now),
    held: observation !== null && observation.status !== "final",
    alert: alerts.find((alert) => codes.includes(alert.code)) ?? null,
    sparks: column.parts.flatMap((code) => item.sparks[code] ?? []),
  };
}
