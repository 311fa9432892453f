/** Alerts as flags on the time axis: those too close to be told apart or pressed share one. Pure. */
import type { Alert } from "../../api/types";
import { byUrgency } from "../alerts/order";
import { spanOf, type TimeWindow } from "./timeWindow";

export interface Flag {
  /** Share of the window's width. */
  readonly at: number;
  /** The most urgent first: its mark stands for all. */
  readonly alerts: readonly [Alert, ...Alert[]];
}

/** `apart`: the least distance of two flags, as a share of the width. */
export function flagsOf(alerts: readonly Alert[], window: TimeWindow, apart: number): Flag[] {
  const placed = alerts
    .map((alert) => ({ alert, at: (Date.parse(alert.first_at) - window.start) / spanOf(window) }))
    .filter(({ at }) => at >= 0 && at <= 1)
    .sort((a, b) => a.at - b.at);
  const flags: Flag[] = [];
  for (const { alert, at } of placed) {
    const last = flags.at(-1);
    if (!last || at - last.at >= apart) {
      flags.push({ at, alerts: [alert] });
      continue;
    }
    const [first, ...rest] = [...last.alerts, alert].sort(byUrgency);
    if (first) flags[flags.length - 1] = { at: last.at, alerts: [first, ...rest] };
  }
  return flags;
}
