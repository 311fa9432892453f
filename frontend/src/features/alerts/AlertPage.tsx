/** One alert on a page of its own, for a link from a message, a board cell or a chart. */
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { AlertsFailed } from "./AlertStates";
import { AlertStory } from "./AlertStory";
import classes from "./alerts.module.css";
import { alertOptions } from "./queries";
import { useLiveAlerts } from "./useLiveAlerts";

export function AlertPage({ alertId }: { alertId: string }) {
  const { t } = useTranslation("alerts");
  const query = useQuery(alertOptions(alertId));
  useLiveAlerts();
  return (
    <div className={classes.page}>
      <Link to="/alerts" className={classes.back}>
        {t("backToAll")}
      </Link>
      {query.data ? (
        <AlertStory alert={query.data} />
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
