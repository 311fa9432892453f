/** The charts' shared time window: a range that follows now, or a stretch the reader zoomed or panned to. */
import { useCallback, useMemo, useRef, useState } from "react";
import {
  type ChartKey,
  followsNow,
  pan,
  type RangeId,
  rangeOf,
  rangeWindow,
  spanOf,
  type TimeWindow,
  zoom,
} from "./timeWindow";

export interface ChartWindow {
  readonly window: TimeWindow;
  readonly range: RangeId | null;
  readonly following: boolean;
  readonly show: (window: TimeWindow) => void;
  readonly showRange: (id: RangeId) => void;
  readonly press: (key: ChartKey) => void;
}

interface View {
  readonly span: number;
  /** null: the right edge is now, and moves with it. */
  readonly end: number | null;
}

function viewOf(window: TimeWindow): View {
  return { span: spanOf(window), end: followsNow(window, Date.now()) ? null : window.end };
}

export function useChartWindow(initial: RangeId, now: number, initialWindow?: TimeWindow): ChartWindow {
  const [view, setView] = useState<View>(() =>
    initialWindow ? viewOf(initialWindow) : { span: spanOf(rangeWindow(initial, now)), end: null },
  );
  const chosen = useRef<RangeId>(initial);
  const window = useMemo(() => {
    // The newest mark sits on the right edge: a little air keeps it whole.
    const end = view.end ?? now + view.span / 80;
    return { start: end - view.span, end };
  }, [view, now]);
  const show = useCallback((next: TimeWindow) => {
    setView(viewOf(next));
  }, []);
  const showRange = useCallback((id: RangeId) => {
    chosen.current = id;
    setView({ span: spanOf(rangeWindow(id, 0)), end: null });
  }, []);
  const press = useCallback(
    (key: ChartKey) => {
      const time = Date.now();
      if (key.kind === "pan") show(pan(window, key.share, time));
      else if (key.kind === "zoom") show(zoom(window, key.factor, (window.start + window.end) / 2, time));
      else if (key.kind === "now") setView({ span: spanOf(window), end: null });
      else showRange(chosen.current);
    },
    [show, showRange, window],
  );
  return { window, range: rangeOf(window, now), following: view.end === null, show, showRange, press };
}
