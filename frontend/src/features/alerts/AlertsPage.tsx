/** Every alert the reader may see: a list on the left, the chosen one's story on the right. */
import { SegmentedControl, Skeleton, TextInput } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { Trans, useTranslation } from "react-i18next";
import type { Alert } from "../../api/types";
import { AlertList } from "./AlertList";
import { AlertsEmpty, AlertsFailed } from "./AlertStates";
import { AlertStory } from "./AlertStory";
import classes from "./alerts.module.css";
import { NoteDialog } from "./NoteDialog";
import { type AlertFilter, filterAlerts, type Priority } from "./order";
import { type AlertAction, alertsOptions, type Storm } from "./queries";
import { StormRow } from "./StormRow";
import { useAlertKeys } from "./useAlertKeys";
import { useLiveAlerts } from "./useLiveAlerts";

export function AlertsPage() {
  const { t } = useTranslation("alerts");
  const navigate = useNavigate();
  const wide = useMediaQuery("(min-width: 75em)") ?? true;
  const [filter, setFilter] = useState<AlertFilter>({ status: "open", priority: null, search: "" });
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [acting, setActing] = useState<{ alert: Alert; action: AlertAction } | null>(null);
  const query = useQuery(alertsOptions({ status: filter.status }));
  useLiveAlerts();
  const alerts = useMemo(() => filterAlerts(query.data?.items ?? [], filter), [query.data, filter]);
  const chosen = alerts.find((alert) => alert.id === chosenId) ?? alerts[0] ?? null;
  const storms = (query.data?.storms ?? []).filter(({ priority }) => !filter.priority || filter.priority === priority);
  const open = (alert: Alert) => void navigate({ to: "/alerts/$alertId", params: { alertId: alert.id } });
  useAlertKeys({
    alerts,
    chosen,
    onChoose: setChosenId,
    onOpen: open,
    onAct: (alert, action) => setActing({ alert, action }),
  });
  return (
    <div className={classes.page}>
      <header className={classes.pageHead}>
        <h1 tabIndex={-1}>{t("title")}</h1>
        <Counts alerts={query.data?.items ?? []} storms={storms} />
        <Filters filter={filter} onChange={setFilter} />
      </header>
      {query.isPending ? (
        <ListSkeleton label={t("loading")} />
      ) : query.isError && !query.data ? (
        <AlertsFailed onRetry={() => void query.refetch()} />
      ) : alerts.length + storms.length === 0 ? (
        <AlertsEmpty filtered={(query.data?.items.length ?? 0) > 0} />
      ) : (
        <div className={classes.split}>
          <div className={classes.column}>
            {alerts.length > 0 && (
              <AlertList alerts={alerts} chosenId={chosen?.id ?? null} onChoose={wide ? setChosenId : undefined} />
            )}
            {storms.map((storm) => (
              <StormRow key={storm.id} storm={storm} />
            ))}
          </div>
          {wide && chosen && <AlertStory alert={chosen} headingLevel={2} />}
        </div>
      )}
      <p className={classes.keys}>
        <Trans ns="alerts" i18nKey="keys" components={[<kbd key="key" />]} />
      </p>
      {acting && <NoteDialog alert={acting.alert} action={acting.action} onClose={() => setActing(null)} />}
    </div>
  );
}

function Counts({ alerts, storms }: { alerts: readonly Alert[]; storms: readonly Storm[] }) {
  const { t } = useTranslation("alerts");
  const inStorms = storms.reduce((sum, storm) => sum + storm.waiting.length, 0);
  const waiting = alerts.filter((alert) => alert.status === "active").length + inStorms;
  return <p className={classes.quiet}>{t("waiting", { count: waiting })}</p>;
}

function Filters({ filter, onChange }: { filter: AlertFilter; onChange: (filter: AlertFilter) => void }) {
  const { t } = useTranslation("alerts");
  const priorities: readonly Priority[] = ["high", "medium", "low"];
  return (
    <div className={classes.filters}>
      <SegmentedControl
        size="xs"
        aria-label={t("statusFilter")}
        data={[
          { value: "open", label: t("open") },
          { value: "all", label: t("all") },
        ]}
        value={filter.status}
        onChange={(value) => onChange({ ...filter, status: value === "all" ? "all" : "open" })}
      />
      <SegmentedControl
        size="xs"
        aria-label={t("priorityFilter")}
        data={[
          { value: "", label: t("anyPriority") },
          ...priorities.map((value) => ({ value, label: t(`priority.${value}`) })),
        ]}
        value={filter.priority ?? ""}
        onChange={(value) => onChange({ ...filter, priority: priorities.find((p) => p === value) ?? null })}
      />
      <TextInput
        size="xs"
        type="search"
        aria-label={t("search")}
        placeholder={t("search")}
        leftSection={<IconSearch size={14} aria-hidden="true" />}
        value={filter.search}
        onChange={(event) => onChange({ ...filter, search: event.currentTarget.value })}
      />
    </div>
  );
}

function ListSkeleton({ label }: { label: string }) {
  return (
    <div className={classes.split} role="status" aria-label={label}>
      <div className={classes.list}>
        {["a", "b", "c", "d", "e", "f"].map((key) => (
          <div key={key} className={classes.row}>
            <Skeleton circle height={16} />
            <div>
              <Skeleton height={14} width="60%" />
              <Skeleton height={12} width="40%" mt={6} />
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}
