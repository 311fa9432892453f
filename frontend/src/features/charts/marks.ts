/** What is painted on a panel besides its line: limits, marks of source, quarantined values, alert lines. */
import type uPlot from "uplot";
import type { Palette } from "./palette";
import type { ValueLimits } from "./shape";

export interface QuarantinedMark {
  readonly t: number;
  readonly value: number;
}

export interface AlertLine {
  readonly t: number;
  readonly priority: "high" | "medium" | "low";
}

/** A stretch of time; without an end it lasts. */
export interface EpisodeMark {
  readonly start: number;
  readonly end: number | null;
  readonly priority: "high" | "medium" | "low";
}

export interface PanelMarks {
  readonly episode: EpisodeMark | null;
  readonly limits: readonly ValueLimits[];
  readonly manual: readonly boolean[];
  readonly raw: boolean;
  readonly pressure: boolean;
  readonly quarantined: readonly QuarantinedMark[];
  readonly alerts: readonly AlertLine[];
}

const sparse = 5;

export function marksPlugin(palette: () => Palette, marks: () => PanelMarks): uPlot.Plugin {
  return {
    hooks: {
      drawClear: (plot) =>
        paint(plot, () => {
          paintLimits(plot, palette(), marks());
          paintEpisode(plot, palette(), marks());
        }),
      draw: (plot) =>
        paint(plot, () => {
          paintAlertLines(plot, palette(), marks());
          if (marks().pressure) paintPressure(plot, palette(), marks());
          else paintPoints(plot, palette(), marks());
          paintQuarantined(plot, palette(), marks());
        }),
    },
  };
}

function paint(plot: uPlot, draw: () => void): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  draw();
  ctx.restore();
}

function paintLimits(plot: uPlot, palette: Palette, marks: PanelMarks): void {
  const { ctx, bbox } = plot;
  for (const { low, high } of marks.limits) {
    if (low === null && high === null) continue;
    const top = high === null ? bbox.top : plot.valToPos(high, "y", true);
    const bottom = low === null ? bbox.top + bbox.height : plot.valToPos(low, "y", true);
    ctx.fillStyle = palette.limitFill;
    ctx.fillRect(bbox.left, top, bbox.width, bottom - top);
    ctx.strokeStyle = palette.limit;
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
    for (const y of [high === null ? null : top, low === null ? null : bottom]) {
      if (y === null) continue;
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
    }
    ctx.setLineDash([]);
  }
}

/** Tinted, and framed: the tint alone would be lost on a bad screen. */
function paintEpisode(plot: uPlot, palette: Palette, { episode }: PanelMarks): void {
  if (!episode) return;
  const { ctx, bbox } = plot;
  const left = plot.valToPos(episode.start / 1000, "x", true);
  const right = episode.end === null ? bbox.left + bbox.width : plot.valToPos(episode.end / 1000, "x", true);
  const width = Math.max(2 * devicePixelRatio, right - left);
  ctx.globalAlpha = 0.12;
  ctx.fillStyle = palette[episode.priority];
  ctx.fillRect(left, bbox.top, width, bbox.height);
  ctx.globalAlpha = 1;
  ctx.fillRect(left, bbox.top, width, 3 * devicePixelRatio);
}

function paintAlertLines(plot: uPlot, palette: Palette, marks: PanelMarks): void {
  const { ctx, bbox } = plot;
  for (const alert of marks.alerts) {
    const x = Math.round(plot.valToPos(alert.t / 1000, "x", true));
    ctx.strokeStyle = palette[alert.priority];
    ctx.lineWidth = 1.5 * devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
}

/** Visible rows, and the usual step between them in device px: marks appear only where they can be told apart. */
function visible(plot: uPlot): { from: number; to: number; step: number } {
  const [t] = plot.data;
  const { min, max } = plot.scales.x ?? {};
  let from = 0;
  let to = t.length - 1;
  if (min !== undefined && max !== undefined) {
    while (from < to && (t[from] ?? 0) < min) from += 1;
    while (to > from && (t[to] ?? 0) > max) to -= 1;
  }
  return { from, to, step: plot.bbox.width / Math.max(1, to - from) };
}

function paintPoints(plot: uPlot, palette: Palette, marks: PanelMarks): void {
  if (!marks.raw) return;
  const [t, mean] = plot.data;
  if (!mean) return;
  const { from, to, step } = visible(plot);
  for (let i = from; i <= to; i += 1) {
    const value = mean[i];
    if (value === null || value === undefined) continue;
    const x = plot.valToPos(t[i] ?? 0, "x", true);
    const y = plot.valToPos(value, "y", true);
    if (marks.manual[i]) diamond(plot.ctx, x, y, palette);
    else if (step > sparse * devicePixelRatio || isAlone(mean, i)) dot(plot.ctx, x, y, palette);
  }
}

function isAlone(column: uPlot.AlignedData[1], i: number): boolean {
  return (column[i - 1] ?? null) === null && (column[i + 1] ?? null) === null;
}

function dot(ctx: CanvasRenderingContext2D, x: number, y: number, palette: Palette): void {
  ctx.fillStyle = palette.line;
  ctx.beginPath();
  ctx.arc(x, y, 2.25 * devicePixelRatio, 0, 2 * Math.PI);
  ctx.fill();
}

function diamond(ctx: CanvasRenderingContext2D, x: number, y: number, palette: Palette): void {
  const r = 4.5 * devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(x, y - r);
  ctx.lineTo(x + r, y);
  ctx.lineTo(x, y + r);
  ctx.lineTo(x - r, y);
  ctx.closePath();
  ctx.fillStyle = palette.ground;
  ctx.fill();
  ctx.strokeStyle = palette.line;
  ctx.lineWidth = 1.75 * devicePixelRatio;
  ctx.stroke();
}

/** Blood pressure: a bar from diastolic to systolic, whiskers to the extremes of a bucket. */
function paintPressure(plot: uPlot, palette: Palette, marks: PanelMarks): void {
  const [t, highs, lows, tops, bottoms] = plot.data;
  if (!highs || !lows || !tops || !bottoms) return;
  const { from, to, step } = visible(plot);
  const width = Math.max(1.5, Math.min(6, (step / devicePixelRatio) * 0.6)) * devicePixelRatio;
  const { ctx } = plot;
  for (let i = from; i <= to; i += 1) {
    const high = highs[i];
    const low = lows[i];
    const x = plot.valToPos(t[i] ?? 0, "x", true);
    if (high === null || high === undefined || low === null || low === undefined) {
      const lone = high ?? low;
      if (lone !== null && lone !== undefined) dot(ctx, x, plot.valToPos(lone, "y", true), palette);
      continue;
    }
    const y1 = plot.valToPos(high, "y", true);
    const y2 = plot.valToPos(low, "y", true);
    if (!marks.raw) {
      whisker(ctx, x, plot.valToPos(tops[i] ?? high, "y", true), plot.valToPos(bottoms[i] ?? low, "y", true), palette);
    }
    ctx.fillStyle = palette.line;
    ctx.beginPath();
    ctx.roundRect(x - width / 2, y1, width, Math.max(width, y2 - y1), width / 2);
    ctx.fill();
    if (marks.raw && marks.manual[i]) diamond(ctx, x, y1, palette);
  }
}

function whisker(ctx: CanvasRenderingContext2D, x: number, y1: number, y2: number, palette: Palette): void {
  ctx.strokeStyle = palette.band;
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(x, y1);
  ctx.lineTo(x, y2);
  ctx.stroke();
}

/** Not charted as truth: an outline, struck through; out-of-scale values rest on the edge. */
function paintQuarantined(plot: uPlot, palette: Palette, marks: PanelMarks): void {
  const { ctx, bbox } = plot;
  const r = 4.5 * devicePixelRatio;
  for (const mark of marks.quarantined) {
    const x = plot.valToPos(mark.t / 1000, "x", true);
    const y = Math.min(
      bbox.top + bbox.height - r - 2,
      Math.max(bbox.top + r + 2, plot.valToPos(mark.value, "y", true)),
    );
    ctx.strokeStyle = palette.quarantined;
    ctx.lineWidth = 1.5 * devicePixelRatio;
    ctx.beginPath();
    ctx.arc(x, y, r, 0, 2 * Math.PI);
    ctx.moveTo(x - r - 2, y + r + 2);
    ctx.lineTo(x + r + 2, y - r - 2);
    ctx.stroke();
  }
}
