/** The visible stretch of a chart's time axis, and how ranges, zoom and pan change it. Pure; times in epoch ms. */

export interface TimeWindow {
  readonly start: number;
  readonly end: number;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export type RangeId = "6h" | "24h" | "7d" | "30d" | "1y" | "10y";

export interface Range {
  readonly id: RangeId;
  readonly spanMs: number;
}

export const ranges: readonly Range[] = [
  { id: "6h", spanMs: 6 * hour },
  { id: "24h", spanMs: day },
  { id: "7d", spanMs: 7 * day },
  { id: "30d", spanMs: 30 * day },
  { id: "1y", spanMs: 365 * day },
  { id: "10y", spanMs: 3652 * day },
];

export const minSpanMs = 10 * minute;
export const maxSpanMs = 20 * 365 * day;

export function spanOf(window: TimeWindow): number {
  return window.end - window.start;
}

export function rangeWindow(id: RangeId, now: number): TimeWindow {
  const range = ranges.find((candidate) => candidate.id === id) ?? ranges[1];
  return { start: now - (range?.spanMs ?? day), end: now };
}

/** Nothing is measured in the future: the window may run past now by a twentieth, to give the newest mark air. */
function clampEnd(window: TimeWindow, now: number): TimeWindow {
  const span = spanOf(window);
  const latestEnd = now + span / 20;
  return window.end > latestEnd ? { start: latestEnd - span, end: latestEnd } : window;
}

/** Scale the window by `factor` (< 1 zooms in) so that the time `at` stays under the pointer. */
export function zoom(window: TimeWindow, factor: number, at: number, now: number): TimeWindow {
  const span = Math.min(maxSpanMs, Math.max(minSpanMs, spanOf(window) * factor));
  const share = (at - window.start) / spanOf(window);
  const start = at - share * span;
  return clampEnd({ start, end: start + span }, now);
}

/** Move by a share of the visible span; negative is back in time. */
export function pan(window: TimeWindow, share: number, now: number): TimeWindow {
  const shift = spanOf(window) * share;
  return clampEnd({ start: window.start + shift, end: window.end + shift }, now);
}

/** A dragged selection; null when it is too short to be meant. */
export function selection(a: number, b: number): TimeWindow | null {
  const start = Math.min(a, b);
  const end = Math.max(a, b);
  return end - start < minSpanMs ? null : { start, end };
}

/** Whether live readings should keep pushing the window forward. */
export function followsNow(window: TimeWindow, now: number): boolean {
  return window.end >= now - spanOf(window) / 50;
}

export function rangeOf(window: TimeWindow, now: number): RangeId | null {
  if (!followsNow(window, now)) return null;
  const span = spanOf(window);
  return ranges.find((range) => Math.abs(range.spanMs - span) < range.spanMs / 100)?.id ?? null;
}

/**
 * What to ask the server for: the window and half a span of air on both sides, on a grid of a quarter span, so that
 * small pans and zooms stay inside data already held and equal views share one cached answer.
 */
export function loadWindow(window: TimeWindow): TimeWindow {
  const grid = 2 ** Math.ceil(Math.log2(Math.max(minSpanMs, spanOf(window)))) / 4;
  return {
    start: Math.floor((window.start - 2 * grid) / grid) * grid,
    end: Math.ceil((window.end + grid) / grid) * grid,
  };
}

export type ChartKey =
  | { kind: "pan"; share: number }
  | { kind: "zoom"; factor: number }
  | { kind: "now" }
  | { kind: "reset" };

/** The keyboard of the charts; null when the key is not ours. */
export function chartKey(key: string, shift: boolean): ChartKey | null {
  switch (key) {
    case "ArrowLeft":
      return { kind: "pan", share: shift ? -1 : -0.2 };
    case "ArrowRight":
      return { kind: "pan", share: shift ? 1 : 0.2 };
    case "+":
    case "=":
      return { kind: "zoom", factor: 0.6 };
    case "-":
    case "_":
      return { kind: "zoom", factor: 1 / 0.6 };
    case "End":
      return { kind: "now" };
    case "0":
    case "Home":
      return { kind: "reset" };
    default:
      return null;
  }
}

/**
 * Fingers on the plot: the times they first touched stay under them. One finger drags, two fingers also scale.
 * Positions are shares of the plot width (0 left edge, 1 right edge).
 */
export function drag(window: TimeWindow, from: readonly number[], to: readonly number[], now: number): TimeWindow {
  const [a0, b0] = from;
  const [a1, b1] = to;
  if (a0 === undefined || a1 === undefined) return window;
  const spread = b0 === undefined || b1 === undefined ? 1 : (b0 - a0) / (b1 - a1);
  if (!Number.isFinite(spread) || spread <= 0) return window;
  const span = Math.min(maxSpanMs, Math.max(minSpanMs, spanOf(window) * spread));
  const start = window.start + a0 * spanOf(window) - a1 * span;
  return clampEnd({ start, end: start + span }, now);
}
