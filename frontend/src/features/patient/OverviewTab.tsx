/** How the patient is right now: newest values, open alerts, what came in last. */
import { Button, Skeleton } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { AlertCard } from "../alerts/AlertCard";
import { byUrgency } from "../alerts/order";
import { alertsOptions } from "../alerts/queries";
import { LatestValues } from "./LatestValues";
import { MeasurementTable } from "./MeasurementTable";
import classes from "./patient.module.css";
import { measurementsOptions } from "./queries";
import { ScoreCard } from "./ScoreCard";

interface OverviewTabProps {
  readonly patientId: string;
  readonly onMeasure: (() => void) | null;
  readonly onShowMeasurements: () => void;
}

const recent = 8;

export function OverviewTab({ patientId, onMeasure, onShowMeasurements }: OverviewTabProps) {
  const { t } = useTranslation("patient");
  const alerts = useQuery({ ...alertsOptions({ status: "open", patientId }), retry: false });
  const open = useMemo(() => (alerts.data?.items ?? []).toSorted(byUrgency), [alerts.data]);
  const measurements = useInfiniteQuery(measurementsOptions(patientId, { code: null, days: 7 }));
  const rows = measurements.data?.pages[0]?.items.slice(0, recent) ?? [];
  return (
    <div className={classes.overview}>
      <LatestValues patientId={patientId} alerts={open} onMeasure={onMeasure} />
      <section className={classes.side} aria-label={t("openAlerts")}>
        <ScoreCard patientId={patientId} />
        <h2 className={classes.sub}>{t("openAlerts")}</h2>
        {alerts.isPending && <Skeleton height={56} />}
        {alerts.data && open.length === 0 && <p className={classes.quiet}>{t("noOpenAlerts")}</p>}
        {alerts.isError && !alerts.data && <p className={classes.quiet}>{t("alertsUnavailable")}</p>}
        {open.map((alert) => (
          <AlertCard key={alert.id} alert={alert} />
        ))}
      </section>
      <section className={classes.recent} aria-label={t("recent")}>
        <div className={classes.subHead}>
          <h2 className={classes.sub}>{t("recent")}</h2>
          <Button size="compact-sm" variant="subtle" onClick={onShowMeasurements}>
            {t("allMeasurements")}
          </Button>
        </div>
        {measurements.isPending ? (
          <Skeleton height={180} />
        ) : measurements.isError ? (
          <Button size="xs" variant="default" onClick={() => void measurements.refetch()}>
            {t("retry")}
          </Button>
        ) : rows.length === 0 ? (
          <p className={classes.quiet}>{t("nothingThisWeek")}</p>
        ) : (
          <MeasurementTable patientId={patientId} observations={rows} />
        )}
      </section>
    </div>
  );
}
