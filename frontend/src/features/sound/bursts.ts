/**
 * How alarms sound: bursts of pulses after IEC 60601-1-8, as far as its figures are publicly known. Pure.
 * No conformity is claimed: a browser knows neither its loudness nor its loudspeaker.
 */
import type { Alert } from "../../api/types";

export type Priority = Alert["priority"];

/** One tone. Times in seconds from the start of the burst, pitch in Hz. */
export interface Pulse {
  readonly at: number;
  readonly length: number;
  readonly pitch: number;
}

/** Five quick pulses twice for high, three calm ones for medium, two soft ones for low. */
export function burst(priority: Priority): readonly Pulse[] {
  if (priority === "high") {
    const five = [0, 0.25, 0.5, 0.95, 1.2];
    return [...five, ...five.map((at) => at + 2.2)].map((at, place) => ({
      at,
      length: 0.15,
      pitch: [523, 659, 784, 659, 784][place % 5] ?? 523,
    }));
  }
  if (priority === "medium") return [523, 659, 784].map((pitch, place) => ({ at: place * 0.42, length: 0.2, pitch }));
  return [659, 523].map((pitch, place) => ({ at: place * 0.4, length: 0.2, pitch }));
}

/** How often a burst is repeated while an alert calls. The others sound when they begin to call, and as they climb. */
export const repeatEveryMs = 10_000;
export const pauseMs = 120_000;

const rank: Record<Priority, number> = { low: 1, medium: 2, high: 3 };

/** From which priority on somebody wants to hear alarms. */
export type Threshold = Priority | "none";

export function isHeard(priority: Priority, from: Threshold): boolean {
  return from !== "none" && rank[priority] >= rank[from];
}

/** A new alarm ends a pause, unless it may wait. */
export function endsPause(priority: Priority): boolean {
  return rank[priority] >= rank.medium;
}

/** Steps of an alert's history with which it begins to call, or calls more people. */
const calling = new Set(["raised", "worsened", "resumed", "snooze_ended", "woken", "escalated"]);

/** Whether what just happened to an alert is to be heard. */
export function callsNow(alert: Alert): boolean {
  const newest = alert.history.at(-1);
  return alert.status === "active" && newest !== undefined && calling.has(newest.action);
}
