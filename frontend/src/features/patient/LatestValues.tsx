/** The newest value of each vital sign as a card: value, unit, age, source, the last 24 hours over the limits. */

import { Button, Skeleton } from "@mantine/core";
import { useQueries, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useCan } from "../../api/me";
import type { Alert, Observation } from "../../api/types";
import { vitalSignsOptions } from "../../api/vitalSigns";
import { PriorityMark } from "../../components/PriorityMark";
import { formatAge, formatUnit, observationUnit } from "../../lib/format";
import { useNow } from "../../lib/useNow";
import { concerns } from "../alerts/order";
import { type Column, columnsOf } from "../board/columns";
import { isStale } from "../board/triage";
import { alertRulesOptions, latestOptions, seriesOptions } from "../charts/queries";
import { readingWords } from "../charts/readingText";
import { Spark } from "../charts/Spark";
import { loadWindow } from "../charts/timeWindow";
import classes from "./patient.module.css";

interface LatestValuesProps {
  readonly patientId: string;
  readonly alerts: readonly Alert[];
  readonly onMeasure: (() => void) | null;
}

const day = 24 * 3_600_000;

export function LatestValues({ patientId, alerts, onMeasure }: LatestValuesProps) {
  const { t } = useTranslation("patient");
  const vitals = useQuery(vitalSignsOptions);
  const latest = useQuery(latestOptions(patientId));
  if (latest.isError && !latest.data) {
    return (
      <section className={classes.empty} role="alert">
        <p>{t("latestFailed")}</p>
        <Button variant="default" onClick={() => void latest.refetch()}>
          {t("retry")}
        </Button>
      </section>
    );
  }
  if (!latest.data || !vitals.data) return <LatestSkeleton label={t("loading")} />;
  const columns = columnsOf(vitals.data.items);
  const cards = columns.flatMap((column) => {
    const observation = latest.data.items.find((item) => item.code === column.code);
    return observation ? [{ column, observation }] : [];
  });
  if (cards.length === 0) {
    return (
      <section className={classes.empty}>
        <h2>{t("noValues")}</h2>
        <p>{t("noValuesText")}</p>
        {onMeasure && <Button onClick={onMeasure}>{t("addMeasurement")}</Button>}
      </section>
    );
  }
  return (
    <section className={classes.latest} aria-labelledby="latest-values">
      <h2 id="latest-values" className={classes.unseen}>
        {t("latest")}
      </h2>
      {cards.map(({ column, observation }) => (
        <ValueCard key={column.code} patientId={patientId} column={column} observation={observation} alerts={alerts} />
      ))}
    </section>
  );
}

interface ValueCardProps {
  readonly patientId: string;
  readonly column: Column;
  readonly observation: Observation;
  readonly alerts: readonly Alert[];
}

function ValueCard({ patientId, column, observation, alerts }: ValueCardProps) {
  const { t } = useTranslation("patient");
  const now = useNow(30_000);
  const rules = useQuery({ ...alertRulesOptions(patientId), retry: false, enabled: useCan("alert_rule:read") });
  const alert = alerts.find((candidate) => concerns(candidate, [column.code, ...column.parts]));
  const stale = isStale(observation.effective_at, now);
  const limits = cardLimits(column, rules.data?.rules);
  return (
    <article
      className={classes.card}
      data-priority={alert?.condition_active ? alert.priority : undefined}
      data-stale={stale || undefined}
      data-held={observation.status === "final" ? undefined : true}
    >
      <h3>
        {column.title}
        {alert && <PriorityMark priority={alert.priority} compact />}
      </h3>
      <p className={classes.reading}>
        <span className={classes.value}>{readingWords(observation, column.decimals)}</span>{" "}
        <span className={classes.unit}>{formatUnit(observationUnit(observation))}</span>
        <span className={classes.age}>{formatAge(now - Date.parse(observation.effective_at))}</span>
      </p>
      {column.unit !== null && <CardSpark patientId={patientId} column={column} limits={limits} now={now} />}
      <p className={classes.cardFoot}>
        {observation.source === "manual"
          ? t("byHand", { name: observation.performer?.name ?? "" })
          : (observation.device?.name ?? t("device"))}
        {stale && <span className={classes.staleWord}>{t("stale")}</span>}
      </p>
    </article>
  );
}

function cardLimits(
  column: Column,
  rules: readonly { code: string; low: number | null; high: number | null }[] | undefined,
) {
  const [upper, lower] = column.parts.map((code) => rules?.find((rule) => rule.code === code));
  if (!upper) return column.limits;
  return { low: (lower ?? upper).low, high: upper.high };
}

function CardSpark({
  patientId,
  column,
  limits,
  now,
}: {
  patientId: string;
  column: Column;
  limits: Column["limits"];
  now: number;
}) {
  const load = loadWindow({ start: now - day, end: now });
  const answers = useQueries({ queries: column.parts.map((code) => seriesOptions(patientId, code, load)) });
  const data = answers.flatMap(({ data }) => (data ? [{ t: data.t, v: data.mean }] : []));
  return <Spark data={data} limits={limits} now={now} width={220} height={40} stretch />;
}

function LatestSkeleton({ label }: { label: string }) {
  return (
    <div className={classes.latest} role="status" aria-label={label}>
      {["a", "b", "c", "d", "e", "f"].map((key) => (
        <div key={key} className={classes.card}>
          <Skeleton height={12} width={90} />
          <Skeleton height={28} width={110} mt={10} />
          <Skeleton height={40} mt={10} />
        </div>
      ))}
    </div>
  );
}
