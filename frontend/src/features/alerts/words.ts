/** An alert's value and limit in words. */
import type { TFunction } from "i18next";
import type { Alert } from "../../api/types";
import { formatNumber, formatUnit } from "../../lib/format";

/** A meter's "HI" or "LO" carries no number: the alert says on which side it lies. */
export function valueText(alert: Alert, t: TFunction<"alerts">): string {
  if (alert.value !== null) return `${formatNumber(alert.value)} ${formatUnit(alert.unit)}`;
  return t(alert.breached === "low" ? "belowMeasurable" : alert.breached === "high" ? "aboveMeasurable" : "noNumber");
}

export function limitText(alert: Alert, t: TFunction<"alerts">): string {
  if (alert.limit === null) return t("noLimit");
  const limit = `${formatNumber(alert.limit)} ${formatUnit(alert.unit)}`;
  return t(alert.breached === "low" ? "atLeast" : "atMost", { limit });
}
