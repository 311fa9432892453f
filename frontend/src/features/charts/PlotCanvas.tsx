/** One uPlot panel in React: created once for its theme and size, then fed data, window and marks. */
import { useEffect, useLayoutEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { formatNumber } from "../../lib/format";
import { marksPlugin, type PanelMarks } from "./marks";
import { readPalette } from "./palette";
import { nearestLimit, type ValueLimits, valueRange } from "./shape";
import { timeLabels } from "./timeLabels";
import { selection, type TimeWindow } from "./timeWindow";

/** Where the panel writes the times: a tall stack says them at its top and at its bottom. */
export type TimeAxis = "top" | "bottom" | "none";

export interface PlotCanvasProps {
  readonly data: uPlot.AlignedData;
  readonly marks: PanelMarks;
  readonly window: TimeWindow;
  readonly height: number;
  readonly timeAxis: TimeAxis;
  readonly syncKey: string;
  readonly rangeLimits: ValueLimits | null;
  readonly minSpan: number;
  readonly bounds: { readonly min: number; readonly max: number } | null;
  readonly fontSize: number;
  readonly onSelect: (window: TimeWindow) => void;
  /** Row under the cursor, or null; called outside React's render for every pointer move. */
  readonly onCursor: (row: number | null) => void;
}

export const gutter = 48;
export const timeAxisHeight = 40;
const edge = 12;

export function PlotCanvas(props: PlotCanvasProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const { height, timeAxis, syncKey, fontSize } = props;

  useLayoutEffect(() => {
    const element = host.current;
    if (!element) return;
    const created = create(element, () => latest.current, { height, timeAxis, syncKey, fontSize });
    plot.current = created;
    const observer = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry?.contentRect.width ?? 0);
      if (width > 0 && width !== created.width) created.setSize({ width, height: created.height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      created.destroy();
      plot.current = null;
    };
  }, [height, timeAxis, syncKey, fontSize]);

  const { data } = props;
  useEffect(() => {
    plot.current?.setData(data, false);
    applyWindow(plot.current, latest.current.window);
  }, [data]);
  const { start, end } = props.window;
  useEffect(() => applyWindow(plot.current, { start, end }), [start, end]);
  const { marks } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: new marks are painted although the effect reads them by reference
  useEffect(() => plot.current?.redraw(false), [marks]);

  return <div ref={host} aria-hidden="true" />;
}

function applyWindow(plot: uPlot | null, window: TimeWindow): void {
  plot?.setScale("x", { min: window.start / 1000, max: window.end / 1000 });
}

interface Frame {
  readonly height: number;
  readonly timeAxis: TimeAxis;
  readonly syncKey: string;
  readonly fontSize: number;
}

function create(host: HTMLDivElement, props: () => PlotCanvasProps, frame: Frame): uPlot {
  const palette = readPalette(host);
  const font = `${frame.fontSize}px "Inter Variable", Inter, system-ui, sans-serif`;
  const axis = { stroke: palette.text, font, ticks: { show: false }, grid: { stroke: palette.grid, width: 1 } };
  const hidden: uPlot.Series = { show: true, stroke: "transparent", width: 0, points: { show: false } };
  const { marks, window } = props();
  const drawn: uPlot.Series = { stroke: palette.line, width: 1.75, points: { show: false }, spanGaps: false };
  const options: uPlot.Options = {
    width: Math.max(50, Math.floor(host.clientWidth)),
    height: frame.height + (frame.timeAxis !== "none" ? timeAxisHeight : 0),
    padding: [frame.timeAxis === "top" ? 0 : 6, edge, frame.timeAxis === "bottom" ? 0 : 6, 0],
    legend: { show: false },
    scales: {
      x: { time: true, auto: false, range: (_, min, max) => [min, max] },
      y: { range: (_, min, max) => yRange(min, max, props()) },
    },
    axes: [
      {
        ...axis,
        side: frame.timeAxis === "top" ? 0 : 2,
        // The second line of a label grows downwards, on the top side towards the plot.
        gap: frame.timeAxis === "top" ? 7 + frame.fontSize * 1.5 : 5,
        size: frame.timeAxis !== "none" ? timeAxisHeight : 0,
        values: (_, splits, __, ___, step) =>
          frame.timeAxis !== "none" ? timeLabels(splits, step, Date.now()) : splits.map(() => ""),
        space: frame.fontSize * 6,
      },
      { ...axis, size: gutter, gap: 6, space: 26, values: (_, splits) => splits.map((value) => formatNumber(value)) },
    ],
    series: [{}, marks.pressure ? hidden : drawn, hidden, hidden, ...(marks.pressure ? [hidden] : [])],
    bands: marks.pressure ? [] : [{ series: [2, 3], fill: palette.band }],
    cursor: {
      drag: { x: true, y: false, setScale: false },
      sync: { key: frame.syncKey, scales: ["x", null] },
      points: { show: !marks.pressure, size: 7, fill: palette.line, stroke: palette.ground, width: 2 },
      y: false,
    },
    hooks: {
      setCursor: [(plot) => props().onCursor(cursorRow(plot))],
      setSelect: [(plot) => select(plot, props().onSelect)],
    },
    plugins: [
      marksPlugin(
        () => palette,
        () => props().marks,
      ),
    ],
  };
  const plot = new uPlot(options, props().data, host);
  applyWindow(plot, window);
  return plot;
}

function yRange(min: number | null, max: number | null, props: PlotCanvasProps): [number, number] {
  // Around an alert the limit that was broken is in view, however far off.
  const broken = props.marks.episode ? nearestLimit(min, max, props.rangeLimits) : null;
  const [low, high] = valueRange([min, max, broken], props.rangeLimits, props.minSpan);
  const air = (high - low) * 0.05;
  return props.bounds ? [Math.max(low, props.bounds.min), Math.min(high, props.bounds.max + air)] : [low, high];
}

/** A cursor without a reading near it shows nothing rather than a value from hours away. */
function cursorRow(plot: uPlot): number | null {
  const { left, idx } = plot.cursor;
  if (left === undefined || left < 0 || idx === null || idx === undefined) return null;
  const x = plot.valToPos(plot.data[0][idx] ?? 0, "x");
  return Math.abs(x - left) <= 24 ? idx : null;
}

function select(plot: uPlot, onSelect: (window: TimeWindow) => void): void {
  const { left, width } = plot.select;
  if (width < 4) return;
  const from = plot.posToVal(left, "x") * 1000;
  const to = plot.posToVal(left + width, "x") * 1000;
  plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
  const chosen = selection(from, to);
  if (chosen) onSelect(chosen);
}
