/** The series behind one panel, shaped for drawing, for the summary and for the table. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type uPlot from "uplot";
import type { Series } from "../../api/types";
import { type Extent, extentOf } from "./describe";
import type { PanelSpec } from "./panels";
import { seriesOptions } from "./queries";
import { lineColumns, pressureColumns, type Resolution } from "./shape";
import type { TimeWindow } from "./timeWindow";

export interface PanelSeries {
  readonly status: "pending" | "error" | "success";
  readonly refreshing: boolean;
  readonly retry: () => void;
  readonly shown: ShownSeries | null;
}

export interface ShownSeries {
  readonly data: uPlot.AlignedData;
  readonly t: readonly number[];
  readonly manual: readonly boolean[];
  readonly resolution: Resolution;
  /** The line itself; for blood pressure the systolic side. */
  readonly upper: readonly (number | null)[];
  readonly lower: readonly (number | null)[] | null;
}

export function usePanelSeries(patientId: string, panel: PanelSpec, load: TimeWindow): PanelSeries {
  const [upperCode, lowerCode] = panel.series;
  const upper = useQuery(seriesOptions(patientId, upperCode, load));
  const lower = useQuery({
    ...seriesOptions(patientId, lowerCode ?? upperCode, load),
    enabled: lowerCode !== undefined,
  });
  const wanted = lowerCode === undefined ? [upper] : [upper, lower];
  const [u, l] = [upper.data, lowerCode === undefined ? undefined : lower.data];
  const shown = useMemo(() => {
    if (!u || (lowerCode !== undefined && !l)) return null;
    return l ? shownPressure(u, l) : shownLine(u);
  }, [u, l, lowerCode]);
  return {
    status: shown ? "success" : wanted.some((query) => query.isError) ? "error" : "pending",
    refreshing: wanted.some((query) => query.isPlaceholderData),
    retry: () => {
      for (const query of wanted) void query.refetch();
    },
    shown,
  };
}

function shownLine(series: Series): ShownSeries {
  const columns = lineColumns(series);
  return {
    data: [columns.t.map(toSeconds), columns.mean, columns.max, columns.min],
    t: columns.t,
    manual: columns.manual,
    resolution: series.resolution,
    upper: columns.mean,
    lower: null,
  };
}

function shownPressure(systolic: Series, diastolic: Series): ShownSeries {
  const columns = pressureColumns(systolic, diastolic);
  return {
    data: [columns.t.map(toSeconds), columns.high, columns.low, columns.highMax, columns.lowMin],
    t: columns.t,
    manual: columns.manual,
    resolution: systolic.resolution,
    upper: columns.high,
    lower: columns.low,
  };
}

function toSeconds(t: number): number {
  return t / 1000;
}

export interface PanelExtent {
  readonly upper: Extent;
  readonly lower: Extent | null;
}

export function panelExtent(shown: ShownSeries, window: TimeWindow): PanelExtent | null {
  const [, first, second, third, fourth] = shown.data;
  const column = (values: uPlot.AlignedData[1] | undefined) => Array.from(values ?? [], (v) => v ?? null);
  if (shown.lower === null) {
    const upper = extentOf({ t: shown.t, mean: column(first), max: column(second), min: column(third) }, window);
    return upper && { upper, lower: null };
  }
  const upper = extentOf({ t: shown.t, mean: column(first), min: column(first), max: column(third) }, window);
  const lower = extentOf({ t: shown.t, mean: column(second), min: column(fourth), max: column(second) }, window);
  return upper && { upper, lower };
}
