/** An alert's value and limit in words. */
import type { TFunction } from "i18next";
import type { Alert } from "../../api/types";
import { formatNumber, formatUnit } from "../../lib/format";

type Words = TFunction<"alerts">;

/** A meter's "HI" or "LO" carries no number: the alert says on which side it lies. A changed state has neither. */
export function valueText(alert: Alert, t: Words): string | null {
  // Of other conditions the title says all.
  if (alert.kind !== "out_of_range" && alert.kind !== "change") return null;
  if (alert.value !== null) return `${formatNumber(alert.value)} ${formatUnit(alert.unit)}`;
  if (alert.breached === "low") return t("belowMeasurable");
  return alert.breached === "high" ? t("aboveMeasurable") : null;
}

export function limitText(alert: Alert): string | null {
  return alert.limit === null ? null : `${formatNumber(alert.limit)} ${formatUnit(alert.unit)}`;
}

/** "134 /min, limit 120 /min"; empty when the alert's title says it all. */
export function valueLine(alert: Alert, t: Words): string {
  const limit = limitText(alert);
  return [valueText(alert, t), limit && t("againstLimit", { limit })].filter(Boolean).join(", ");
}
