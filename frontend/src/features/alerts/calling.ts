/** Which alerts call, and what of it is heard. Pure. */
import type { Alert, Priority, Sound } from "../../api/types";
import { mostUrgent } from "../../lib/alarmPattern";
import type { SoundState } from "../../lib/alarmSound";
import { byUrgency } from "./order";

/** An alert calls until somebody acknowledges, snoozes or resolves it. The most urgent first. */
export function callingOf(alerts: readonly Alert[]): Alert[] {
  return alerts.filter(({ status }) => status === "active").sort(byUrgency);
}

const rank: Record<Priority, number> = { high: 3, medium: 2, low: 1 };

/** Whether an alert calls that did not before, or calls more urgently. */
export function callsAnew(before: Alert | undefined, alert: Alert): boolean {
  if (alert.status !== "active") return false;
  return before === undefined || before.status !== "active" || rank[alert.priority] > rank[before.priority];
}

/** What keeps the reader from hearing, or that they hear: `elsewhere` is another tab of the same browser. */
export type Hearing = "silent" | "unavailable" | "blocked" | "elsewhere" | "muted" | "paused" | "sounding";

export interface Loudness {
  readonly hearing: Hearing;
  /** The priority that sounds, or would. */
  readonly priority: Priority | null;
}

export function loudnessOf(
  calling: readonly Alert[],
  sound: Sound,
  state: SoundState,
  isLeader: boolean,
  isPaused: boolean,
): Loudness {
  const heard = calling.map(({ priority }) => priority).filter((priority) => priority !== "low" || sound.low);
  const priority = mostUrgent(heard);
  if (state !== "ready") return { hearing: state, priority };
  if (calling.length === 0) return { hearing: "silent", priority };
  if (priority === null) return { hearing: "muted", priority };
  if (isPaused) return { hearing: "paused", priority };
  return { hearing: isLeader ? "sounding" : "elsewhere", priority };
}
