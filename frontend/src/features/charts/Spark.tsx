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
}

const day = 24 * 3_600_000;

export function Spark({ data, limits, now, width = 100, height = 18 }: SparkProps) {
  const shapes = useMemo(() => {
    const box = { width, height, start: now - day, end: now };
    const lines = data.map(({ t, v }) => sparkPoints(t, v, box.start, box.end));
    const scale = lines.flat().map((point) => point.v);
    return lines.map((points) => sparkShape(points, box, limits, scale));
  }, [data, limits, now, width, height]);
  const band = shapes[0]?.band;
  return (
    <svg className={classes.spark} viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
      {band && <rect className={classes.band} x={0} y={band.y} width={width} height={band.height} rx={2} />}
      {shapes.map((shape, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: systolic and diastolic keep their places
        <g key={i}>
          <path className={classes.line} d={shape.line} />
          {shape.dots.map((dot) => (
            <circle key={dot.x} className={classes.dot} cx={dot.x} cy={dot.y} r={1.2} />
          ))}
          {shape.last && <circle className={classes.dot} cx={shape.last.x} cy={shape.last.y} r={1.8} />}
        </g>
      ))}
    </svg>
  );
}
