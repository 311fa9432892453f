/** Alerts as rows: mark, what, who, since when, and what has been done. */
import { IconStairsUp } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Alert } from "../../api/types";
import { PriorityMark } from "../../components/PriorityMark";
import { formatAge, formatInstant } from "../../lib/format";
import { useNow } from "../../lib/useNow";
import classes from "./alerts.module.css";
import { valueLine } from "./words";

interface AlertListProps {
  readonly alerts: readonly Alert[];
  readonly chosenId?: string | null;
  /** With it a row chooses; without it a row leads to the alert's page. */
  readonly onChoose?: (id: string) => void;
  readonly compact?: boolean;
  /** Off where the page already says whose alerts these are. */
  readonly showPatient?: boolean;
}

export function AlertList({ alerts, chosenId, onChoose, compact = false, showPatient = true }: AlertListProps) {
  const { t } = useTranslation("alerts");
  const now = useNow(30_000);
  return (
    <ul className={classes.list} aria-label={t("listLabel")} data-compact={compact || undefined}>
      {alerts.map((alert) => {
        const current = onChoose ? alert.id === chosenId : false;
        const content = <RowContent alert={alert} now={now} showPatient={showPatient} />;
        return (
          <li key={alert.id}>
            {onChoose ? (
              <button
                type="button"
                className={classes.row}
                data-alert={alert.id}
                aria-current={current || undefined}
                onClick={() => onChoose(alert.id)}
              >
                {content}
              </button>
            ) : (
              <Link to="/alerts/$alertId" params={{ alertId: alert.id }} className={classes.row} data-alert={alert.id}>
                {content}
              </Link>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function RowContent({ alert, now, showPatient }: { alert: Alert; now: number; showPatient: boolean }) {
  const { t } = useTranslation("alerts");
  const done = alert.status !== "active";
  const line = valueLine(alert, t);
  return (
    <>
      <span className={classes.rowMark} data-done={done || undefined}>
        <PriorityMark priority={alert.priority} compact flashing={!done} />
      </span>
      <span className={classes.rowBody}>
        <span className={classes.rowTitle}>
          {alert.title}
          {alert.escalation_level > 1 && <EscalatedMark />}
        </span>
        {line && <span className={classes.rowValue}>{line}</span>}
        {showPatient && <span className={classes.rowWho}>{alert.patient_name || t("thePlatform")}</span>}
        <StatusLine alert={alert} now={now} />
      </span>
      <time className={classes.rowAge} dateTime={alert.first_at}>
        {formatAge(now - Date.parse(alert.first_at))}
      </time>
    </>
  );
}

/** Nobody of the first step took it on: more people know of it. */
function EscalatedMark() {
  const { t } = useTranslation("alerts");
  return (
    <span className={classes.escalated}>
      <IconStairsUp size={13} stroke={2} aria-hidden="true" />
      {t("escalatedMark")}
    </span>
  );
}

function StatusLine({ alert, now }: { alert: Alert; now: number }) {
  const { t } = useTranslation("alerts");
  const isOver = !alert.condition_active && alert.status !== "resolved";
  if (alert.status === "active") return isOver ? <span className={classes.rowStatus}>{t("backInside")}</span> : null;
  const resolved = alert.status === "resolved";
  if (alert.status === "snoozed" && alert.snoozed_until) {
    const until = formatInstant(Date.parse(alert.snoozed_until));
    return (
      <span className={classes.rowStatus}>
        {t("snoozedUntil", { until })}
        {alert.snoozed_by && ` · ${alert.snoozed_by.name}`}
      </span>
    );
  }
  const at = resolved ? alert.resolved_at : alert.acknowledged_at;
  const by = resolved ? alert.resolved_by : alert.acknowledged_by;
  return (
    <span className={classes.rowStatus}>
      {t(`status.${alert.status}`)}
      {by && ` · ${by.name}`}
      {at && ` · ${formatAge(now - Date.parse(at))}`}
      {isOver && ` · ${t("backInside")}`}
    </span>
  );
}
