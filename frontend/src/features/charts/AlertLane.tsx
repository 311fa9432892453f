/** Alerts as flags above the panels, on the same time axis; each leads to its story. */
import { useElementSize } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Alert } from "../../api/types";
import { PriorityMark } from "../../components/PriorityMark";
import { formatInstant } from "../../lib/format";
import classes from "./charts.module.css";
import { type Flag, flagsOf } from "./flags";
import type { TimeWindow } from "./timeWindow";

/** A finger needs 24 px; a flag with a number beside it is wider. */
const apartPx = 32;

export function AlertLane({ alerts, window }: { alerts: readonly Alert[]; window: TimeWindow }) {
  const { t } = useTranslation("charts");
  const { ref, width } = useElementSize();
  const flags = flagsOf(alerts, window, width > 0 ? apartPx / width : 1);
  if (flags.length === 0) return null;
  return (
    <div className={classes.lane}>
      <p className={classes.laneTitle}>{t("alerts")}</p>
      <div className={classes.laneTrack} ref={ref}>
        {width > 0 && flags.map((flag) => <FlagLink key={flag.alerts[0].id} flag={flag} />)}
      </div>
    </div>
  );
}

function FlagLink({ flag }: { flag: Flag }) {
  const { t } = useTranslation("charts");
  const [first] = flag.alerts;
  const titles = flag.alerts.map((alert) => `${alert.title}, ${formatInstant(Date.parse(alert.first_at))}`);
  const label =
    flag.alerts.length === 1 ? titles[0] : `${t("flagCount", { count: titles.length })}: ${titles.join("; ")}`;
  return (
    <Link
      to="/alerts/$alertId"
      params={{ alertId: first.id }}
      className={classes.flag}
      style={{ left: `${flag.at * 100}%` }}
      title={label}
      aria-label={label}
    >
      <PriorityMark priority={first.priority} compact />
      {flag.alerts.length > 1 && <span className={classes.flagCount}>{flag.alerts.length}</span>}
    </Link>
  );
}
