/** Which alerts a list holds, in which order, and how a live event changes it. Pure. */
import type { Alert } from "../../api/types";

export type Priority = Alert["priority"];

export interface AlertFilter {
  readonly status: "open" | "all";
  readonly priority: Priority | null;
  readonly search: string;
}

const rank: Record<Priority, number> = { high: 3, medium: 2, low: 1 };

export function isOpen(alert: Alert): boolean {
  return alert.status !== "resolved";
}

/** Waiting before acknowledged before resolved, then by priority, then those still outside their limit, then the newest. */
export function byUrgency(a: Alert, b: Alert): number {
  return (
    stage(a) - stage(b) ||
    rank[b.priority] - rank[a.priority] ||
    Number(b.condition_active) - Number(a.condition_active) ||
    Date.parse(b.raised_at) - Date.parse(a.raised_at)
  );
}

function stage(alert: Alert): number {
  return { active: 0, acknowledged: 1, snoozed: 1, resolved: 2 }[alert.status];
}

/** The alert takes its place in a cached list; a list of open alerts drops a resolved one. */
export function mergeAlert(list: readonly Alert[], alert: Alert, keepResolved: boolean): Alert[] {
  const others = list.filter((candidate) => candidate.id !== alert.id);
  return keepResolved || isOpen(alert) ? [alert, ...others] : others;
}

export function filterAlerts(list: readonly Alert[], filter: AlertFilter): Alert[] {
  const wanted = filter.search.trim().toLocaleLowerCase();
  return list
    .filter((alert) => filter.status === "all" || isOpen(alert))
    .filter((alert) => filter.priority === null || alert.priority === filter.priority)
    .filter((alert) => alert.patient_name.toLocaleLowerCase().includes(wanted))
    .sort(byUrgency);
}

/** For how many minutes an alert may call nobody: the API refuses more. */
export function snoozes(alert: Alert): readonly number[] {
  return alert.priority === "high" ? [10, 30, 60] : [30, 60, 240, 720];
}

/** Whether an alert is about what a reading of these codes says: a missed one says nothing of the last. */
export function concerns(alert: Alert, codes: readonly string[]): boolean {
  return (
    alert.code !== null && codes.includes(alert.code) && (alert.kind === "out_of_range" || alert.kind === "change")
  );
}

export type AlertKey = { kind: "move"; by: 1 | -1 } | { kind: "open" } | { kind: "acknowledge" } | { kind: "resolve" };

export function alertKey(key: string): AlertKey | null {
  switch (key) {
    case "j":
    case "ArrowDown":
      return { kind: "move", by: 1 };
    case "k":
    case "ArrowUp":
      return { kind: "move", by: -1 };
    case "Enter":
      return { kind: "open" };
    case "a":
      return { kind: "acknowledge" };
    case "r":
      return { kind: "resolve" };
    default:
      return null;
  }
}

/** Letters typed into a field or a dialog are text, not commands. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest("input, textarea, select, [contenteditable], [role='dialog'], [role='menu']") !== null
  );
}
