/** New alerts wherever the reader is in the portal: spoken at once for high priority, shown in the corner. */
import { ActionIcon, VisuallyHidden } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Alert } from "../../api/types";
import { PriorityMark } from "../../components/PriorityMark";
import type { AlertEventType } from "../../lib/live";
import classes from "./alerts.module.css";
import { callsAnew } from "./calling";
import { alertsOptions } from "./queries";
import { useLiveAlerts } from "./useLiveAlerts";
import { valueLine } from "./words";

const shownAtOnce = 3;
const quietMs = 15_000;

export function AlertAnnouncer({ enabled = true }: { enabled?: boolean }) {
  const { t } = useTranslation("alerts");
  const [alerts, setAlerts] = useState<readonly Alert[]>([]);
  const [spoken, setSpoken] = useState<{ urgent: string; calm: string }>({ urgent: "", calm: "" });
  const known = useRef(new Map<string, Alert>());
  const { data } = useQuery({ ...alertsOptions({ status: "open" }), enabled });
  useEffect(() => {
    for (const alert of data?.items ?? []) known.current.set(alert.id, alert);
  }, [data]);
  const { pathname } = useLocation();
  const elsewhere = alerts.filter(({ id }) => pathname !== `/alerts/${id}`);
  const drop = useCallback((id: string) => setAlerts((list) => list.filter((alert) => alert.id !== id)), []);
  const onEvent = useCallback(
    (type: AlertEventType, alert: Alert) => {
      const anew = type === "alert_raised" || callsAnew(known.current.get(alert.id) ?? alert, alert);
      known.current.set(alert.id, alert);
      setAlerts((list) => nextToasts(list, anew, alert));
      if (!anew) return;
      const words = [`${t("alert")}: ${alert.title}`, alert.patient_name, valueLine(alert, t)]
        .filter(Boolean)
        .join(", ");
      setSpoken((old) => (alert.priority === "high" ? { ...old, urgent: words } : { ...old, calm: words }));
    },
    [t],
  );
  useLiveAlerts(onEvent, enabled);
  return (
    <>
      <VisuallyHidden aria-live="assertive" role="alert">
        {spoken.urgent}
      </VisuallyHidden>
      <VisuallyHidden aria-live="polite" role="status">
        {spoken.calm}
      </VisuallyHidden>
      <div className={classes.toasts}>
        {elsewhere.slice(0, shownAtOnce).map((alert) => (
          <Toast key={alert.id} alert={alert} onClose={drop} />
        ))}
        {elsewhere.length > shownAtOnce && (
          <Link to="/alerts" className={classes.moreToasts}>
            {t("more", { count: elsewhere.length - shownAtOnce })}
          </Link>
        )}
      </div>
    </>
  );
}

/** An alert that calls anew comes first; one that someone has taken care of leaves; an update refreshes what is shown. */
export function nextToasts(list: readonly Alert[], anew: boolean, alert: Alert): readonly Alert[] {
  const others = list.filter((candidate) => candidate.id !== alert.id);
  if (alert.status !== "active") return others;
  if (anew) return [alert, ...others];
  return list.map((candidate) => (candidate.id === alert.id ? alert : candidate));
}

function Toast({ alert, onClose }: { alert: Alert; onClose: (id: string) => void }) {
  const { t } = useTranslation("alerts");
  const stays = alert.priority === "high";
  useEffect(() => {
    if (stays) return;
    const timer = setTimeout(() => onClose(alert.id), quietMs);
    return () => clearTimeout(timer);
  }, [stays, alert.id, onClose]);
  return (
    <section className={classes.toast} data-priority={alert.priority} aria-label={alert.title}>
      <span className={classes.toastMark}>
        <PriorityMark priority={alert.priority} compact flashing />
      </span>
      <Link
        to="/alerts/$alertId"
        params={{ alertId: alert.id }}
        className={classes.toastBody}
        onClick={() => onClose(alert.id)}
      >
        <strong>{alert.title}</strong>
        <span>{t("callsWith", { priority: t(`priority.${alert.priority}`) })}</span>
        <span>{[alert.patient_name, valueLine(alert, t)].filter(Boolean).join(" · ")}</span>
      </Link>
      <ActionIcon variant="subtle" color="gray" aria-label={t("dismiss")} onClick={() => onClose(alert.id)}>
        <IconX size={16} />
      </ActionIcon>
    </section>
  );
}
