/** A patient's vital signs over time: stacked panels on one time axis, from six hours to ten years. */
import { useComputedColorScheme, VisuallyHidden } from "@mantine/core";
import { type KeyboardEvent, useCallback, useId, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNow } from "../../lib/useNow";
import { AlertLane } from "./AlertLane";
import { ChartPanel } from "./ChartPanel";
import { ChartsEmpty, ChartsFailed, ChartsLoading } from "./ChartStates";
import { ChartToolbar } from "./ChartToolbar";
import classes from "./charts.module.css";
import { FlowsheetTable } from "./FlowsheetTable";
import { Legend } from "./Legend";
import type { EpisodeMark } from "./marks";
import type { TimeAxis } from "./PlotCanvas";
import { chartKey, loadWindow, type TimeWindow } from "./timeWindow";
import { type ChartContext, useChartContext } from "./useChartContext";
import { type ChartWindow, useChartWindow } from "./useChartWindow";
import { useGestures } from "./useGestures";
import { useLiveSeries } from "./useLiveSeries";

export interface PatientChartsProps {
  readonly patientId: string;
  /** Only these vital signs, by panel code; by default every one that has data. */
  readonly codes?: readonly string[];
  /** The patient's own view: larger, fewer choices, one chart below the other. */
  readonly plain?: boolean;
  /** What to show first, instead of the usual range up to now. */
  readonly initialWindow?: TimeWindow;
  /** A stretch of time to mark in every panel. */
  readonly episode?: EpisodeMark;
}

export function PatientCharts({ patientId, codes, plain = false, initialWindow, episode }: PatientChartsProps) {
  const now = useNow(30_000);
  const view = useChartWindow(plain ? "7d" : "24h", now, initialWindow);
  const load = useStableWindow(loadWindow(view.window));
  const context = useChartContext(patientId, codes, load);
  const [asTable, setAsTable] = useState(false);
  useLiveSeries(patientId);
  if (context.status === "error") return <ChartsFailed onRetry={context.retry} />;
  if (context.status === "pending") return <ChartsLoading plain={plain} />;
  if (context.panels.length === 0) return <ChartsEmpty plain={plain} />;
  return (
    <div className={classes.charts}>
      <ChartToolbar view={view} asTable={asTable} onTable={setAsTable} plain={plain} />
      {asTable ? (
        <FlowsheetTable patientId={patientId} panels={context.panels} window={view.window} load={load} />
      ) : (
        <ChartStack
          patientId={patientId}
          view={view}
          load={load}
          context={context}
          plain={plain}
          now={now}
          episode={episode}
        />
      )}
    </div>
  );
}

/** The same object while its edges stay the same, so that queries and effects do not see a change. */
function useStableWindow({ start, end }: TimeWindow): TimeWindow {
  return useMemo(() => ({ start, end }), [start, end]);
}

interface ChartStackProps {
  readonly patientId: string;
  readonly view: ChartWindow;
  readonly load: TimeWindow;
  readonly context: ChartContext;
  readonly plain: boolean;
  readonly now: number;
  readonly episode: EpisodeMark | undefined;
}

function ChartStack({ patientId, view, load, context, plain, now, episode }: ChartStackProps) {
  const { t } = useTranslation("charts");
  const scheme = useComputedColorScheme("light");
  const syncKey = useId();
  const host = useRef<HTMLElement>(null);
  const [hint, setHint] = useState(false);
  const onIgnoredWheel = useCallback(() => setHint(true), []);
  useGestures(host, { window: view.window, onWindow: view.show, onIgnoredWheel });
  const onKeyDown = (event: KeyboardEvent) => {
    const key = event.altKey || event.ctrlKey || event.metaKey ? null : chartKey(event.key, event.shiftKey);
    if (!key || event.target !== event.currentTarget) return;
    event.preventDefault();
    view.press(key);
  };
  const rangeName = t(view.range ? `in.${view.range}` : "in.other");
  return (
    <>
      <section
        ref={host}
        className={classes.stack}
        aria-label={t("stackLabel")}
        aria-keyshortcuts="ArrowLeft ArrowRight + - 0 End"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the stack is one keyboard stop, its keys move the time axis
        tabIndex={0}
        onKeyDown={onKeyDown}
        onPointerDown={() => host.current?.focus({ preventScroll: true })}
        onPointerLeave={() => setHint(false)}
        onBlur={() => setHint(false)}
      >
        {!plain && <AlertLane alerts={context.alerts} window={view.window} />}
        {context.panels.map((panel, i) => (
          <ChartPanel
            key={`${panel.code}-${scheme}`}
            patientId={patientId}
            panel={panel}
            window={view.window}
            load={load}
            rangeName={rangeName}
            latest={context.latestOf(panel)}
            limits={context.limitsOf(panel)}
            quarantined={context.quarantinedOf(panel)}
            alerts={context.alertLinesOf(panel)}
            timeAxis={axisOf(i, context.panels.length, plain)}
            height={heightOf(context.panels.length, plain)}
            plain={plain}
            syncKey={syncKey}
            now={now}
            episode={episode}
            onWindow={view.show}
          />
        ))}
        {hint && <div className={classes.hint}>{t("wheelHint")}</div>}
      </section>
      <VisuallyHidden>{t("keyboardHelp")}</VisuallyHidden>
      <Legend plain={plain} episode={episode !== undefined} />
    </>
  );
}

function axisOf(index: number, count: number, plain: boolean): TimeAxis {
  if (plain || index === count - 1) return "bottom";
  return index === 0 && count > 3 ? "top" : "none";
}

/** A full stack fits a screen; a single panel may use its space. */
function heightOf(count: number, plain: boolean): number {
  if (plain || count === 1) return 180;
  return count > 3 ? 96 : 128;
}
