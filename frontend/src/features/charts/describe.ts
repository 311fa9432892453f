/** What a chart shows, in numbers for a sentence: for screen readers and for the header of a panel. Pure. */
import type { TimeWindow } from "./timeWindow";

export interface Extent {
  readonly min: number;
  readonly max: number;
  readonly latest: number;
  readonly latestAt: number;
  readonly count: number;
}

export interface ExtentColumns {
  readonly t: readonly number[];
  readonly mean: readonly (number | null)[];
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
}

/** Lowest, highest and newest value within the window; null when nothing was measured in it. */
export function extentOf(columns: ExtentColumns, window: TimeWindow): Extent | null {
  let extent: Extent | null = null;
  columns.t.forEach((t, i) => {
    const mean = columns.mean[i];
    if (mean === null || mean === undefined || t < window.start || t > window.end) return;
    const min = columns.min[i] ?? mean;
    const max = columns.max[i] ?? mean;
    extent = {
      min: Math.min(extent?.min ?? min, min),
      max: Math.max(extent?.max ?? max, max),
      latest: mean,
      latestAt: t,
      count: (extent?.count ?? 0) + 1,
    };
  });
  return extent;
}
