/** The last 24 hours of a vital sign as a small line over its limits; decoration beside the value it belongs to. */
import { useMemo } from "react";
import classes from "./spark.module.css";
import { type SparkLimits, sparkPoints, sparkShape } from "./sparkPath";

export interface SparkData {
  readonly t: readonly number[];
  readonly v: readonly (number | null)[];
}

interface SparkProps {
  /** One line, or systolic and diastolic on one scale. */
  readonly data: readonly SparkData[];
  readonly limits: SparkLimits | null;
  readonly now: number;
  readonly width?: number;
  readonly height?: number;
  /** As wide as its place; `width` is then only the drawing's scale. */
  readonly stretch?: boolean;
}

const day = 24 * 3_600_000;
const tickMs = 60_000;

export function Spark({ data, limits, now, width = 100, height = 18, stretch = false }: SparkProps) {
  const shapes = useMemo(() => {
    // The clock of the page ticks slower than readings arrive: the newest one may lie ahead of it.
    const end = Math.max(now, ...data.map(({ t }) => Math.min(t.at(-1) ?? 0, now + tickMs)));
    const box = { width, height, start: end - day, end };
    const lines = data.map(({ t, v }) => sparkPoints(t, v, box.start, box.end));
    const scale = lines.flat().map((point) => point.v);
    return lines.map((points) => sparkShape(points, box, limits, scale));
  }, [data, limits, now, width, height]);
  const band = shapes[0]?.band;
  return (
    <svg
      className={classes.spark}
      viewBox={`0 0 ${width} ${height}`}
      width={stretch ? "100%" : width}
      height={height}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {band && <rect className={classes.band} x={0} y={band.y} width={width} height={band.height} />}
      {shapes.map((shape, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: systolic and diastolic keep their places
        <g key={i}>
          <path className={classes.line} d={shape.line} />
          <path className={classes.dot} d={shape.dots.map(dotPath).join("")} />
          {shape.last && <path className={classes.newest} d={dotPath(shape.last)} />}
        </g>
      ))}
    </svg>
  );
}

/** A stroke of no length with round ends stays round however the drawing is stretched. */
function dotPath({ x, y }: { readonly x: number; readonly y: number }): string {
  return `M${x} ${y}h0`;
}
