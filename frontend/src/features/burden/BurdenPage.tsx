/** How many alerts there are, for whom, and how they are answered: what to review so that nobody drowns in alarms. */
import { SegmentedControl } from "@mantine/core";
import { IconBellOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BurdenReport } from "../../api/types";
import { DayBars } from "../../components/DayBars";
import { EmptyState } from "../../components/EmptyState";
import { ErrorState } from "../../components/ErrorState";
import { PageHeader } from "../../components/PageHeader";
import { CardsSkeleton, RowsSkeleton } from "../../components/Skeletons";
import { formatNumber } from "../../lib/format";
import { BurdenTable } from "./BurdenTable";
import classes from "./burden.module.css";
import { type Aspect, aspects, burdenOptions, type Period, periods } from "./queries";
import { figure, minutes, share } from "./words";

export function BurdenPage() {
  const { t } = useTranslation("burden");
  const [days, setDays] = useState<Period>("30");
  const [by, setBy] = useState<Aspect>("rule");
  const query = useQuery(burdenOptions(days, by));
  return (
    <div className={classes.page}>
      <PageHeader
        title={t("title")}
        about={t("about")}
        actions={
          <div className={classes.choices}>
            <SegmentedControl
              aria-label={t("period")}
              data={periods.map((value) => ({ value, label: t("days", { count: Number(value) }) }))}
              value={days}
              onChange={(value) => setDays(periods.find((each) => each === value) ?? "30")}
            />
            <SegmentedControl
              aria-label={t("by")}
              data={aspects.map((value) => ({ value, label: t(`aspect.${value}`) }))}
              value={by}
              onChange={(value) => setBy(aspects.find((each) => each === value) ?? "rule")}
            />
          </div>
        }
      />
      {query.isPending ? (
        <>
          <CardsSkeleton cards={4} height={92} />
          <RowsSkeleton rows={6} columns={6} />
        </>
      ) : !query.data ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data.total.patient_days === 0 ? (
        <EmptyState icon={<IconBellOff />} title={t("empty")}>
          {t("emptyText")}
        </EmptyState>
      ) : (
        <Report report={query.data} aspect={by} />
      )}
    </div>
  );
}

function Report({ report, aspect }: { readonly report: BurdenReport; readonly aspect: Aspect }) {
  const { t } = useTranslation("burden");
  const { total, targets_s: targets } = report;
  return (
    <>
      <dl className={classes.figures}>
        <Figure name={t("perPatientDay")} value={figure(total.per_patient_day)}>
          {t("alertsOver", { count: total.alerts, days: formatNumber(total.patient_days) })}
        </Figure>
        <Figure name={t("inTime")} value={share(total.in_time)}>
          {t("targets", { high: targets.high / 60, medium: targets.medium / 60, low: targets.low / 60 })}
        </Figure>
        <Figure name={t("actionable")} value={share(total.actionable)}>
          {t("said", { count: total.said })}
        </Figure>
        <Figure name={t("median")} value={minutes(total.median_answer_s)}>
          {t("medianText")}
        </Figure>
      </dl>
      <section className={`card ${classes.trend}`}>
        <DayBars
          caption={t("trend")}
          series={[
            { key: "all", label: t("allAlerts"), tone: "quiet" },
            { key: "high", label: t("highAlerts"), tone: "accent" },
          ]}
          days={report.trend.map((day) => ({ day: day.day, counts: [day.alerts, day.high] }))}
        />
      </section>
      <BurdenTable rows={report.rows} aspect={aspect} />
    </>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly children: string;
}

function Figure({ name, value, children }: FigureProps) {
  return (
    <div className={`card ${classes.figure}`}>
      <dt>{name}</dt>
      <dd className={classes.value}>{value}</dd>
      <dd className={classes.note}>{children}</dd>
    </div>
  );
}
