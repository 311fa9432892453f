/** Edited limits tried on the patient's last 30 days: how many alerts, and which of them would be lost. */
import { Button, Loader } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { AlertRulesInput, Rehearsal as Tried } from "../../api/types";
import { DayBars } from "../../components/DayBars";
import { PriorityMark } from "../../components/PriorityMark";
import { formatInstant, formatNumber } from "../../lib/format";
import { rehearse } from "./queries";
import classes from "./rules.module.css";

interface RehearsalProps {
  readonly patientId: string;
  readonly rules: AlertRulesInput;
  readonly disabled: boolean;
}

export function Rehearsal({ patientId, rules, disabled }: RehearsalProps) {
  const { t } = useTranslation("rules");
  const tried = useMutation({ mutationFn: () => rehearse(patientId, rules) });
  return (
    <section className={classes.rehearsal} aria-label={t("rehearsal.title")}>
      <Button variant="default" disabled={disabled} loading={tried.isPending} onClick={() => tried.mutate()}>
        {t("rehearsal.try")}
      </Button>
      <div aria-live="polite" className={classes.stack}>
        {tried.isPending && (
          <p className={classes.quiet}>
            <Loader size="xs" aria-hidden="true" /> {t("rehearsal.running")}
          </p>
        )}
        {tried.isError && <p role="alert">{t("rehearsal.failed", { reason: tried.error.message })}</p>}
        {tried.data && !tried.isPending && <Result tried={tried.data} />}
      </div>
    </section>
  );
}

function Result({ tried }: { readonly tried: Tried }) {
  const { t } = useTranslation("rules");
  const { before, after } = tried;
  if (tried.readings === 0) return <p className={classes.quiet}>{t("rehearsal.noReadings")}</p>;
  const later = new Map(after.days.map((day) => [day.day, day.high + day.medium + day.low]));
  const lost = before.episodes.filter((episode) => episode.lost && episode.priority === "high");
  return (
    <div className={classes.stack}>
      <p className={classes.rehearsalSum}>
        {t("rehearsal.sum", { before: perDay(before.per_day), after: perDay(after.per_day) })}{" "}
        {t("rehearsal.lost", { count: before.lost_high })}
      </p>
      {tried.truncated && <p>{t("rehearsal.truncated")}</p>}
      <DayBars
        caption={t("rehearsal.chart")}
        series={[
          { key: "before", label: t("rehearsal.before"), tone: "quiet" },
          { key: "after", label: t("rehearsal.after"), tone: "accent" },
        ]}
        days={before.days.map((day) => ({
          day: day.day,
          counts: [day.high + day.medium + day.low, later.get(day.day) ?? 0],
        }))}
      />
      <ul className={classes.rehearsalPriorities}>
        {(["high", "medium", "low"] as const).map((priority) => (
          <li key={priority}>
            <PriorityMark priority={priority} />{" "}
            {t("rehearsal.priority", { before: before[priority], after: after[priority] })}
          </li>
        ))}
      </ul>
      {lost.length > 0 && (
        <>
          <h3>{t("rehearsal.lostTitle")}</h3>
          <ul>
            {lost.slice(-10).map((episode) => (
              <li key={`${episode.title}${episode.first_at}`}>
                {episode.title}
                {episode.peak !== null && ` (${formatNumber(episode.peak)})`},{" "}
                {formatInstant(Date.parse(episode.first_at))}
              </li>
            ))}
          </ul>
        </>
      )}
      <p className={classes.quiet}>{t("rehearsal.assumption", { count: tried.readings })}</p>
    </div>
  );
}

function perDay(value: number): string {
  return formatNumber(value, value < 10 && value % 1 !== 0 ? 1 : 0);
}
