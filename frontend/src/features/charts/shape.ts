/** From the API's columnar series to what a panel draws. Pure; times in epoch ms. */

export type Resolution = "raw" | "5min" | "hour" | "day";

export interface SeriesColumns {
  readonly code: string;
  readonly display: string;
  readonly unit: string | null;
  readonly resolution: Resolution;
  readonly t: readonly number[];
  readonly mean: readonly (number | null)[];
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
  readonly source: readonly (string | null)[] | null;
}

export type Column = (number | null)[];

/** Columns with a null row wherever measuring paused, so that a line never bridges a silence. */
export interface LineColumns {
  t: number[];
  mean: Column;
  min: Column;
  max: Column;
  manual: boolean[];
}

const hour = 3_600_000;

/** The longest step between readings that still counts as one run: four usual steps, at least an hour. */
export function gapLimit(t: readonly number[]): number {
  if (t.length < 3) return Number.POSITIVE_INFINITY;
  const steps: number[] = [];
  const stride = Math.max(1, Math.floor(t.length / 500));
  for (let i = 1; i < t.length; i += stride) steps.push((t[i] ?? 0) - (t[i - 1] ?? 0));
  steps.sort((a, b) => a - b);
  const median = steps[Math.floor(steps.length / 2)] ?? 0;
  return Math.max(4 * median, hour);
}

export function lineColumns(series: SeriesColumns): LineColumns {
  const limit = gapLimit(series.t);
  const out: LineColumns = { t: [], mean: [], min: [], max: [], manual: [] };
  let last: number | null = null;
  series.t.forEach((t, i) => {
    if (last !== null && t - last > limit) push(out, (last + t) / 2, null, null, null, false);
    const mean = series.mean[i] ?? null;
    push(out, t, mean, series.min[i] ?? mean, series.max[i] ?? mean, series.source?.[i] === "m");
    last = t;
  });
  return out;
}

function push(
  out: LineColumns,
  t: number,
  mean: number | null,
  min: number | null,
  max: number | null,
  manual: boolean,
): void {
  out.t.push(t);
  out.mean.push(mean);
  out.min.push(min);
  out.max.push(max);
  out.manual.push(manual);
}

/** One row a measurement (or bucket) of blood pressure: the bar runs from diastolic to systolic. */
export interface PressureColumns {
  t: number[];
  high: Column;
  low: Column;
  highMax: Column;
  lowMin: Column;
  manual: boolean[];
}

/** Join systolic and diastolic on time; a time that has only one of them keeps the other null. */
export function pressureColumns(systolic: SeriesColumns, diastolic: SeriesColumns): PressureColumns {
  const times = [...new Set([...systolic.t, ...diastolic.t])].sort((a, b) => a - b);
  const high = indexByTime(systolic);
  const low = indexByTime(diastolic);
  const out: PressureColumns = { t: times, high: [], low: [], highMax: [], lowMin: [], manual: [] };
  for (const t of times) {
    const s = high.get(t);
    const d = low.get(t);
    out.high.push(at(systolic.mean, s));
    out.low.push(at(diastolic.mean, d));
    out.highMax.push(at(systolic.max, s) ?? at(systolic.mean, s));
    out.lowMin.push(at(diastolic.min, d) ?? at(diastolic.mean, d));
    out.manual.push(
      (s !== undefined && systolic.source?.[s] === "m") || (d !== undefined && diastolic.source?.[d] === "m"),
    );
  }
  return out;
}

function indexByTime(series: SeriesColumns): Map<number, number> {
  return new Map(series.t.map((t, i) => [t, i]));
}

function at(column: readonly (number | null)[], index: number | undefined): number | null {
  return index === undefined ? null : (column[index] ?? null);
}

/** A live reading joins raw columns in place of time order; a repeat or a correction replaces its row. */
export function appendReading<S extends SeriesColumns>(series: S, t: number, value: number, source: "d" | "m"): S {
  if (series.resolution !== "raw") return series;
  let i = series.t.length;
  while (i > 0 && (series.t[i - 1] ?? 0) > t) i -= 1;
  const replaces = i > 0 && series.t[i - 1] === t;
  const from = replaces ? i - 1 : i;
  const count = replaces ? 1 : 0;
  return {
    ...series,
    t: series.t.toSpliced(from, count, t),
    mean: series.mean.toSpliced(from, count, value),
    min: series.min.toSpliced(from, count, value),
    max: series.max.toSpliced(from, count, value),
    source: (series.source ?? []).toSpliced(from, count, source),
  };
}

export interface ValueLimits {
  readonly low: number | null;
  readonly high: number | null;
}

/** The limit that lies nearest to values which are all beyond one; null if there is none, or they are within. */
export function nearestLimit(min: number | null, max: number | null, limits: ValueLimits | null): number | null {
  if (min === null || max === null || !limits) return null;
  if (limits.high !== null && min > limits.high) return limits.high;
  return limits.low !== null && max < limits.low ? limits.low : null;
}

/**
 * The y range: all values in view, plus the limits that lie near them, so that the eye judges distance to a limit
 * without a far-off limit flattening the curve.
 */
export function valueRange(
  values: Iterable<number | null>,
  limits: ValueLimits | null,
  minSpan: number,
): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) {
    low = limits?.low ?? limits?.high ?? 0;
    high = limits?.high ?? limits?.low ?? minSpan;
  }
  const reach = 1.5 * Math.max(high - low, minSpan);
  for (const limit of [limits?.low, limits?.high]) {
    if (limit === null || limit === undefined) continue;
    if (limit < low && low - limit <= reach) low = limit;
    if (limit > high && limit - high <= reach) high = limit;
  }
  const lack = Math.max(0, minSpan - (high - low));
  const air = (high - low + lack) * 0.08;
  return [low - lack / 2 - air, high + lack / 2 + air];
}

export function inWindow(t: readonly number[], column: readonly (number | null)[], start: number, end: number): Column {
  const out: Column = [];
  t.forEach((time, i) => {
    if (time >= start && time <= end) out.push(column[i] ?? null);
  });
  return out;
}
