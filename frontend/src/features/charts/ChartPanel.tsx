/** One vital sign's panel: what it is and its newest value on the left, its course on the right. */
import { Button, Skeleton, VisuallyHidden } from "@mantine/core";
import { useCallback, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Observation } from "../../api/types";
import { formatAge, formatAgo, formatInstant, formatNumber, formatUnit, observationUnit } from "../../lib/format";
import classes from "./charts.module.css";
import type { AlertLine, EpisodeMark, PanelMarks, QuarantinedMark } from "./marks";
import { gutter, PlotCanvas, type TimeAxis, timeAxisHeight } from "./PlotCanvas";
import type { PanelSpec } from "./panels";
import { readingText } from "./readingText";
import type { ValueLimits } from "./shape";
import type { TimeWindow } from "./timeWindow";
import { panelExtent, type ShownSeries, usePanelSeries } from "./usePanelSeries";

export interface PanelLimits {
  /** One a series of the panel, in its order. */
  readonly shaded: readonly ValueLimits[];
  readonly range: ValueLimits | null;
}

interface ChartPanelProps {
  readonly patientId: string;
  readonly panel: PanelSpec;
  readonly window: TimeWindow;
  readonly load: TimeWindow;
  readonly rangeName: string;
  readonly latest: Observation | null;
  readonly limits: PanelLimits;
  readonly quarantined: readonly QuarantinedMark[];
  readonly alerts: readonly AlertLine[];
  readonly timeAxis: TimeAxis;
  readonly height: number;
  readonly plain: boolean;
  readonly syncKey: string;
  readonly now: number;
  readonly episode: EpisodeMark | undefined;
  readonly onWindow: (window: TimeWindow) => void;
}

export function ChartPanel(props: ChartPanelProps) {
  const { patientId, panel, load, plain, height, timeAxis } = props;
  const series = usePanelSeries(patientId, panel, load);
  return (
    <section className={classes.panel} data-plain={plain || undefined} aria-label={panel.title}>
      {series.shown ? (
        <PanelBody {...props} shown={series.shown} refreshing={series.refreshing} />
      ) : series.status === "error" ? (
        <PanelError title={panel.title} onRetry={series.retry} />
      ) : (
        <PanelSkeleton title={panel.title} height={height + (timeAxis === "none" ? 0 : timeAxisHeight)} />
      )}
    </section>
  );
}

function PanelBody(props: ChartPanelProps & { shown: ShownSeries; refreshing: boolean }) {
  const { panel, shown, window, limits, quarantined, alerts, plain, episode, onWindow } = props;
  const { start: episodeStart, end: episodeEnd, priority } = episode ?? {};
  const readout = useRef<HTMLSpanElement>(null);
  const header = useRef<HTMLDivElement>(null);
  const marks = useMemo<PanelMarks>(
    () => ({
      limits: limits.shaded,
      manual: shown.manual,
      raw: shown.resolution === "raw",
      pressure: shown.lower !== null,
      quarantined,
      alerts,
      episode:
        episodeStart === undefined || !priority ? null : { start: episodeStart, end: episodeEnd ?? null, priority },
    }),
    [limits, shown, quarantined, alerts, episodeStart, episodeEnd, priority],
  );
  const onCursor = useCallback(
    (row: number | null) => {
      if (!header.current || !readout.current) return;
      const text = row === null ? null : valueText(shown, row, panel);
      header.current.toggleAttribute("data-cursor", text !== null);
      readout.current.textContent = text === null ? "" : `${text} · ${formatInstant(shown.t[row ?? 0] ?? 0)}`;
    },
    [shown, panel],
  );
  return (
    <>
      <div className={classes.head} ref={header}>
        <PanelHead {...props} />
        <span className={classes.readout} ref={readout} aria-hidden="true" />
      </div>
      <div className={classes.plot} data-refreshing={props.refreshing || undefined}>
        <PlotCanvas
          data={shown.data}
          marks={marks}
          window={window}
          height={props.height}
          timeAxis={props.timeAxis}
          syncKey={props.syncKey}
          rangeLimits={limits.range}
          minSpan={panel.minSpan}
          bounds={panel.bounds}
          fontSize={plain ? 14 : 11}
          onSelect={onWindow}
          onCursor={onCursor}
        />
      </div>
    </>
  );
}

function valueText(shown: ShownSeries, row: number, panel: PanelSpec): string | null {
  const upper = shown.upper[row] ?? null;
  if (upper === null) return null;
  const lower = shown.lower?.[row] ?? null;
  const first = formatNumber(upper, panel.decimals);
  const value = lower === null ? first : `${first}/${formatNumber(lower, panel.decimals)}`;
  return `${value} ${formatUnit(panel.unit)}`;
}

/** The newest value of all, with its age, and how far values went in the time shown. */
function PanelHead({ panel, shown, window, rangeName, now, latest }: ChartPanelProps & { shown: ShownSeries }) {
  const { t } = useTranslation("charts");
  const extent = panelExtent(shown, window);
  const number = (value: number) => formatNumber(value, panel.decimals);
  const spread = extent && {
    low: number(extent.lower?.min ?? extent.upper.min),
    high: number(extent.upper.max),
  };
  const newest = latest && {
    latest: readingText(latest, panel.decimals),
    unit: formatUnit(observationUnit(latest) ?? panel.unit),
    ago: formatAgo(now - Date.parse(latest.effective_at)),
  };
  return (
    <>
      <p className={classes.title}>{panel.title}</p>
      <VisuallyHidden>
        {t(spread ? "summary" : "summaryEmpty", { title: panel.title, range: rangeName, ...spread })}{" "}
        {newest && t("summaryLatest", newest)}
      </VisuallyHidden>
      {latest && newest && (
        <p className={classes.latest} aria-hidden="true">
          <span className={classes.value}>{newest.latest}</span> <span className={classes.unit}>{newest.unit}</span>
          <span className={classes.age}>{formatAge(now - Date.parse(latest.effective_at))}</span>
        </p>
      )}
      <p className={classes.extent} aria-hidden="true">
        {spread ? t("spread", spread) : t("nothingIn", { range: rangeName })}
        {spread && shown.resolution !== "raw" && ` · ${t(`resolution.${shown.resolution}`)}`}
      </p>
    </>
  );
}

function PanelError({ title, onRetry }: { title: string; onRetry: () => void }) {
  const { t } = useTranslation("charts");
  return (
    <div className={classes.failed} role="alert">
      <p className={classes.title}>{title}</p>
      <p>{t("panelFailed")}</p>
      <Button size="xs" variant="default" onClick={onRetry}>
        {t("retry")}
      </Button>
    </div>
  );
}

function PanelSkeleton({ title, height }: { title: string; height: number }) {
  return (
    <>
      <div className={classes.head}>
        <p className={classes.title}>{title}</p>
        <Skeleton height={24} width={96} mt={6} />
      </div>
      <div className={classes.plot} style={{ paddingLeft: gutter }}>
        <Skeleton height={height - 12} my={6} />
      </div>
    </>
  );
}
