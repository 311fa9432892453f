/** The open alerts docked beside the board, foldable. */
import { ActionIcon, Skeleton } from "@mantine/core";
import { IconLayoutSidebarRightCollapse } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { AlertList } from "./AlertList";
import { AlertsEmpty, AlertsFailed } from "./AlertStates";
import classes from "./alerts.module.css";
import { byUrgency } from "./order";
import { alertsOptions } from "./queries";
import { StormRow } from "./StormRow";

export function AlertInbox({ onFold }: { onFold: () => void }) {
  const { t } = useTranslation("alerts");
  const query = useQuery(alertsOptions({ status: "open" }));
  const alerts = useMemo(() => (query.data?.items ?? []).toSorted(byUrgency), [query.data]);
  const storms = query.data?.storms ?? [];
  return (
    <aside className={classes.inbox} aria-label={t("inbox")}>
      <header className={classes.inboxHead}>
        <h2>{t("inbox")}</h2>
        <Link to="/alerts">{t("seeAll")}</Link>
        <ActionIcon variant="subtle" color="gray" aria-label={t("foldInbox")} onClick={onFold}>
          <IconLayoutSidebarRightCollapse size={18} />
        </ActionIcon>
      </header>
      {query.isPending ? (
        <Skeleton height={180} m={12} role="status" aria-label={t("loading")} />
      ) : query.isError && !query.data ? (
        <AlertsFailed onRetry={() => void query.refetch()} />
      ) : alerts.length + storms.length === 0 ? (
        <AlertsEmpty filtered={false} compact />
      ) : (
        <>
          <AlertList alerts={alerts} compact />
          {storms.map((storm) => (
            <StormRow key={storm.id} storm={storm} compact />
          ))}
        </>
      )}
    </aside>
  );
}
