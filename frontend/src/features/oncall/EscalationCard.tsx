/** Who was told of an alert, and who is told next if nobody takes it on, counted down. */
import { Button, Skeleton } from "@mantine/core";
import { IconCircle, IconCircleCheck, IconPlugConnected, IconPlugConnectedX } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useCan } from "../../api/me";
import type { Alert, Climb } from "../../api/types";
import { Problem } from "../../lib/api";
import { formatInstant } from "../../lib/format";
import { type LiveEvent, useLiveTopic } from "../../lib/live";
import { useNow } from "../../lib/useNow";
import { nextStep, type StepState, stepsOf, waits } from "./climb";
import classes from "./oncall.module.css";
import { climbKey, climbOptions } from "./queries";
import { capital, countdownText, namesText, targetsText } from "./words";

interface EscalationCardProps {
  readonly alert: Alert;
  readonly heading?: "h2" | "h3";
}

export function EscalationCard({ alert, heading: Heading = "h2" }: EscalationCardProps) {
  const { t } = useTranslation("oncall");
  const may = useCan(alert.patient_id === null ? "on_call:read" : "escalation:read");
  const query = useQuery({ ...climbOptions(alert.id), enabled: may });
  useFreshClimb(alert.id);
  if (!may) return null;
  return (
    <section aria-label={t("climb.title")} className={classes.climb}>
      <Heading className={classes.climbTitle}>{t("climb.title")}</Heading>
      {query.data ? (
        <ClimbBody alert={alert} climb={query.data} />
      ) : query.isPending ? (
        <div role="status" aria-label={t("climb.loading")}>
          <Skeleton height={14} width="60%" />
          <Skeleton height={14} width="45%" mt={10} />
          <Skeleton height={14} width="50%" mt={10} />
        </div>
      ) : query.error instanceof Problem && query.error.status === 404 ? (
        <p className={classes.quiet}>{t("climb.forgotten")}</p>
      ) : (
        <p role="alert">
          {t("climb.failed")}{" "}
          <Button size="compact-sm" variant="default" onClick={() => void query.refetch()}>
            {t("climb.retry")}
          </Button>
        </p>
      )}
    </section>
  );
}

/** What happens to the alert is heard live, and changes its climb. */
function useFreshClimb(alertId: string): void {
  const client = useQueryClient();
  const handle = useCallback(
    (event: LiveEvent) => {
      if (!("alert" in event.data) || event.data.alert.id !== alertId) return;
      void client.invalidateQueries({ queryKey: climbKey(alertId) });
    },
    [client, alertId],
  );
  useLiveTopic("alerts", handle);
}

function ClimbBody({ alert, climb }: { readonly alert: Alert; readonly climb: Climb }) {
  const { t } = useTranslation("oncall");
  const steps = stepsOf(climb, alert);
  return (
    <>
      <p className={classes.climbState}>
        {t(`climb.state.${climb.state}`)} <Next alert={alert} climb={climb} />
      </p>
      <Reach climb={climb} />
      {steps.length > 0 && (
        <ol className={classes.rungs} aria-label={t("climb.steps")}>
          {steps.map((step) => (
            <StepRow key={step.dueAt} step={step} running={climb.state === "running"} />
          ))}
        </ol>
      )}
      {climb.repeats > 0 && <p className={classes.quiet}>{t("climb.repeats", { count: climb.repeats })}</p>}
    </>
  );
}

/** "Doctor on call in 3:20". Not announced by itself: a voice that counts seconds helps nobody. */
function Next({ alert, climb }: { readonly alert: Alert; readonly climb: Climb }) {
  const { t } = useTranslation("oncall");
  const now = useNow(1000);
  if (climb.state !== "running") return null;
  if (waits(climb, alert)) return <span className={classes.next}>{t("climb.waits")}</span>;
  const next = nextStep(climb);
  if (!next) return <span className={classes.next}>{t("climb.lastStep")}</span>;
  const who = capital(targetsText(next.tell, t));
  const left = Date.parse(next.due_at) - now;
  return (
    <strong className={classes.next} role="timer" aria-live="off">
      {left > 0 ? t("climb.nextIn", { who, time: countdownText(left) }) : t("climb.nextNow", { who })}
    </strong>
  );
}

function Reach({ climb }: { readonly climb: Climb }) {
  const { t } = useTranslation("oncall");
  if (climb.state !== "running" || climb.told.length === 0) return null;
  if (climb.reached === null) return <p className={classes.quiet}>{t("climb.unknown")}</p>;
  if (climb.reached) {
    return (
      <p className={classes.reached}>
        <IconPlugConnected size={18} stroke={1.8} aria-hidden="true" />
        {t("climb.reached")}
      </p>
    );
  }
  return (
    <p className={classes.warning} role="status">
      <IconPlugConnectedX size={18} stroke={1.8} aria-hidden="true" />
      {t(nextStep(climb) ? "climb.unreached" : "climb.unreachedLast")}
    </p>
  );
}

function StepRow({ step, running }: { readonly step: StepState; readonly running: boolean }) {
  const { t } = useTranslation("oncall");
  const Icon = step.taken ? IconCircleCheck : IconCircle;
  return (
    <li data-taken={step.taken || undefined}>
      <strong>
        <Icon size={16} stroke={1.8} aria-hidden="true" /> {capital(targetsText(step.tell, t))}
      </strong>
      <span className={classes.quiet}>
        {step.taken
          ? step.people === null
            ? t("climb.taken")
            : step.people.length > 0
              ? `${t("climb.taken")} ${formatInstant(step.at)}: ${namesText(step.people, t)}`
              : `${formatInstant(step.at)}: ${t("climb.toldNobody")}`
          : running
            ? t("climb.due", { time: formatInstant(step.dueAt) })
            : t("climb.notTaken")}
        {step.early && ` (${t("climb.early")})`}
      </span>
    </li>
  );
}
