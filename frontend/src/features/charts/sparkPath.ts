/** A 24-hour spark line as SVG geometry. Pure; times in epoch ms, sizes in px. */

export interface SparkBox {
  readonly width: number;
  readonly height: number;
  readonly start: number;
  readonly end: number;
}

export interface SparkLimits {
  readonly low: number | null;
  readonly high: number | null;
}

export interface SparkShape {
  /** One `d` attribute; a silence breaks the line. */
  readonly line: string;
  /** Readings with silence on both sides would draw nothing as a line. */
  readonly dots: readonly { readonly x: number; readonly y: number }[];
  readonly band: { readonly y: number; readonly height: number } | null;
  readonly last: { readonly x: number; readonly y: number } | null;
}

/** Shorter silences are part of the line: sparks are hourly means. */
const leastGapMs = 3.5 * 3_600_000;
const inset = 2;

export interface SparkPoint {
  readonly t: number;
  readonly v: number;
}

export function sparkPoints(
  t: readonly number[],
  v: readonly (number | null)[],
  start: number,
  end: number,
): SparkPoint[] {
  const points: SparkPoint[] = [];
  t.forEach((time, i) => {
    const value = v[i];
    if (value !== null && value !== undefined && time >= start && time <= end) points.push({ t: time, v: value });
  });
  return points;
}

/** `values` sets the scale, for lines that share one; by default the line's own. */
export function sparkShape(
  points: readonly SparkPoint[],
  box: SparkBox,
  limits: SparkLimits | null,
  values: readonly number[] = points.map((point) => point.v),
): SparkShape {
  const scale = yScale(values, box, limits);
  const x = (t: number) => round(inset + ((t - box.start) / (box.end - box.start)) * (box.width - 2 * inset));
  const runs = splitRuns(points);
  const line = runs
    .filter((run) => run.length > 1)
    .map((run) => run.map((p, i) => `${i === 0 ? "M" : "L"}${x(p.t)} ${scale(p.v)}`).join(""))
    .join("");
  const dots = runs.flatMap((run) => (run.length === 1 && run[0] ? [{ x: x(run[0].t), y: scale(run[0].v) }] : []));
  const newest = points.at(-1);
  return {
    line,
    dots,
    band: limits && (limits.low !== null || limits.high !== null) ? bandOf(box, limits, scale) : null,
    last: newest ? { x: x(newest.t), y: scale(newest.v) } : null,
  };
}

function bandOf(box: SparkBox, limits: SparkLimits, scale: (v: number) => number): { y: number; height: number } {
  const top = limits.high === null ? 0 : clamp(scale(limits.high), 0, box.height);
  const bottom = limits.low === null ? box.height : clamp(scale(limits.low), 0, box.height);
  return { y: top, height: Math.max(0, round(bottom - top)) };
}

/** The band takes the middle of the box, so that a calm patient's line lies inside it and a breach visibly leaves it. */
function yScale(values: readonly number[], box: SparkBox, limits: SparkLimits | null): (v: number) => number {
  const low = Math.min(...values, limits?.low ?? Number.POSITIVE_INFINITY);
  const high = Math.max(...values, limits?.high ?? Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(low) || !Number.isFinite(high) || low === high) return () => round(box.height / 2);
  return (v) => round(box.height - inset - ((v - low) / (high - low)) * (box.height - 2 * inset));
}

/** A silence is longer than two and a half usual steps, so that four readings a day are a line too. */
function splitRuns(points: readonly SparkPoint[]): SparkPoint[][] {
  const steps = points.slice(1).map((point, i) => point.t - (points[i]?.t ?? point.t));
  const usual = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
  const gapMs = Math.max(leastGapMs, 2.5 * usual);
  const runs: SparkPoint[][] = [];
  for (const point of points) {
    const run = runs.at(-1);
    const previous = run?.at(-1);
    if (run && previous && point.t - previous.t <= gapMs) run.push(point);
    else runs.push([point]);
  }
  return runs;
}

function clamp(v: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, v));
}

function round(v: number): number {
  return Math.round(v * 10) / 10;
}
