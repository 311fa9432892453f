/** Alerts and values in plain words. Pure. */
import type { Alert } from "../../api/types";

/** The key of the sentence: what the value is now, or was when it is back in range. */
export function alertKey(alert: Alert): string {
  if (alert.kind === "missed" || alert.kind === "device_silent" || alert.kind === "score") return `alert_${alert.kind}`;
  const side = alert.breached === "state" || alert.breached === "condition" ? "other" : (alert.breached ?? "other");
  return `${alert.condition_active ? "alert" : "alertWas"}_${side}`;
}

export function greetingKey(hour: number): "morning" | "day" | "evening" {
  if (hour >= 4 && hour < 12) return "morning";
  return hour >= 12 && hour < 18 ? "day" : "evening";
}

/** A first name to greet by; the whole name where it is a single word. */
export function firstName(name: string): string {
  return name.trim().split(/\s+/)[0] ?? name;
}
