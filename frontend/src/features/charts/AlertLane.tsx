/** Alerts as flags above the panels, on the same time axis; each leads to its story. */
import { useTranslation } from "react-i18next";
import type { Alert } from "../../api/types";
import { PriorityMark } from "../../components/PriorityMark";
import { formatInstant } from "../../lib/format";
import { byUrgency } from "../alerts/order";
import classes from "./charts.module.css";
import { spanOf, type TimeWindow } from "./timeWindow";

export function AlertLane({ alerts, window }: { alerts: readonly Alert[]; window: TimeWindow }) {
  const { t } = useTranslation("charts");
  const shown = alerts.filter((alert) => {
    const at = Date.parse(alert.first_at);
    return at >= window.start && at <= window.end;
  });
  if (shown.length === 0) return null;
  // Where flags overlap the most urgent one lies on top.
  const flags = shown.toSorted(byUrgency).reverse();
  return (
    <div className={classes.lane}>
      <p className={classes.laneTitle}>{t("alerts")}</p>
      <div className={classes.laneTrack}>
        {flags.map((alert) => {
          const share = (Date.parse(alert.first_at) - window.start) / spanOf(window);
          const label = `${alert.title}, ${formatInstant(Date.parse(alert.first_at))}`;
          return (
            <a
              key={alert.id}
              className={classes.flag}
              style={{ left: `${share * 100}%` }}
              href={`/alerts/${alert.id}`}
              title={label}
              aria-label={label}
            >
              <PriorityMark priority={alert.priority} compact />
            </a>
          );
        })}
      </div>
    </div>
  );
}
