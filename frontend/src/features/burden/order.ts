/** In which order rows stand. Pure. */
import type { BurdenRow } from "../../api/types";

export const sortable = ["per_patient_day", "alerts", "high", "in_time", "actionable", "median_answer_s"] as const;
export type SortBy = (typeof sortable)[number];

/** Rows with the greatest figure first, or the least; those without a figure last. */
export function sorted(rows: readonly BurdenRow[], by: SortBy, ascending: boolean): BurdenRow[] {
  const sign = ascending ? 1 : -1;
  return rows.toSorted((a, b) => {
    const [x, y] = [a[by], b[by]];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return (x - y) * sign || a.name.localeCompare(b.name);
  });
}
