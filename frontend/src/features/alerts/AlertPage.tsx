/** One alert on a page of its own, for a link from a message, a board cell or a chart. */
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Trans, useTranslation } from "react-i18next";
import { useCan } from "../../api/me";
import { AlertsFailed } from "./AlertStates";
import { AlertStory } from "./AlertStory";
import classes from "./alerts.module.css";
import { NoteDialog } from "./NoteDialog";
import { type AlertAction, alertOptions } from "./queries";
import { useAlertKeys } from "./useAlertKeys";
import { useLiveAlerts } from "./useLiveAlerts";

export function AlertPage({ alertId }: { alertId: string }) {
  const { t } = useTranslation("alerts");
  const query = useQuery(alertOptions(alertId));
  const [action, setAction] = useState<AlertAction | null>(null);
  const mayAct = useCan(query.data?.patient_id === null ? "technical_alert:acknowledge" : "alert:acknowledge");
  useLiveAlerts();
  useAlertKeys({
    alerts: [],
    chosen: (mayAct && query.data) || null,
    onChoose: () => undefined,
    onOpen: () => undefined,
    onAct: (_alert, next) => setAction(next),
  });
  return (
    <div className={classes.page}>
      <Link to="/alerts" className={classes.back}>
        {t("backToAll")}
      </Link>
      {query.data ? (
        <>
          <AlertStory alert={query.data} />
          {mayAct && query.data.status === "active" && (
            <p className={classes.keys}>
              <Trans ns="alerts" i18nKey="pageKeys" components={[<kbd key="key" />]} />
            </p>
          )}
          {action && <NoteDialog alert={query.data} action={action} onClose={() => setAction(null)} />}
        </>
      ) : query.isPending ? (
        <div role="status" aria-label={t("loading")}>
          <Skeleton height={28} width={320} maw="80%" />
          <Skeleton height={72} mt={16} />
          <Skeleton height={240} mt={16} />
        </div>
      ) : (
        <AlertsFailed onRetry={() => void query.refetch()} />
      )}
    </div>
  );
}
