/** Which vital signs the board shows as columns, and what a cell of one says. Pure. */

import type { Alert, BoardItem, Observation, Spark, VitalSign } from "../../api/types";
import { concerns } from "../alerts/order";
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

const usualCount = 7;

/**
 * Until someone chooses: the table's first numeric signs that somebody has a value of, and every sign that somebody
 * has an open alert on.
 */
export function defaultColumns(
  columns: readonly Column[],
  items: readonly BoardItem[],
  open: readonly Alert[],
): string[] {
  const alerting = new Set(open.map((alert) => alert.code));
  const usual = columns.filter((column) => column.unit !== null).slice(0, usualCount);
  const measured = usual.filter((column) => items.some((item) => item.latest[column.code] !== undefined));
  const shown = new Set(measured.length > 0 ? measured : usual);
  return columns
    .filter((column) => shown.has(column) || [column.code, ...column.parts].some((code) => alerting.has(code)))
    .map((column) => column.code);
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
    alert: alerts.find((alert) => concerns(alert, codes)) ?? null,
    sparks: column.parts.flatMap((code) => item.sparks[code] ?? []),
  };
}
