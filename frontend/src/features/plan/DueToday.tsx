/** What a patient has to measure today, in plain words: now in large, then next, done and missed. */
import { Button, Skeleton } from "@mantine/core";
import { IconCircleCheck, IconClock, IconClockX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Due, DueLists } from "../../api/types";
import { ErrorState } from "../../components/ErrorState";
import { formatTime } from "../../lib/format";
import { signIcon } from "../../lib/signIcons";
import classes from "./plan.module.css";
import { dueOptions } from "./queries";
import { useLiveDue } from "./useLiveDue";

interface DueTodayProps {
  readonly patientId: string;
  /** Family sees it, and has nothing to press. */
  readonly readOnly?: boolean;
}

export function DueToday({ patientId, readOnly = false }: DueTodayProps) {
  const { t } = useTranslation("plan");
  const due = useQuery({ ...dueOptions(patientId), retry: readOnly ? false : 2 });
  useLiveDue(patientId);
  if (due.isPending) return <Skeleton height={96} />;
  if (!due.data) return readOnly ? null : <ErrorState error={due.error} onRetry={() => void due.refetch()} />;
  const lists = due.data;
  if (Object.values(lists).every((list) => list.length === 0)) return null;
  return (
    <section aria-labelledby={`due-${patientId}`} className={classes.today}>
      <h2 id={`due-${patientId}`}>{t("today.title")}</h2>
      {lists.now.length > 0 && (
        <ul className={classes.nowList} aria-label={t("today.now")}>
          {lists.now.map((due) => (
            <DueNow key={keyOf(due)} due={due} readOnly={readOnly} />
          ))}
        </ul>
      )}
      {lists.now.length === 0 && <p className={classes.nothingNow}>{t(nothingNow(lists))}</p>}
      <Rest lists={lists} />
    </section>
  );
}

function nothingNow(lists: DueLists): string {
  if (lists.next.length > 0) return "today.nothingNow";
  return lists.missed.length > 0 ? "today.over" : "today.allDone";
}

function DueNow({ due, readOnly }: { readonly due: Due; readonly readOnly: boolean }) {
  const { t } = useTranslation("plan");
  const Icon = signIcon(due.code);
  const sign = t(`common:sign.${due.code}`, due.display);
  return (
    <li className={classes.now}>
      <div className={classes.nowHead}>
        <Icon size={32} stroke={1.5} aria-hidden="true" />
        <div>
          <h3>{sign}</h3>
          <p>{t("today.until", { time: formatTime(Date.parse(due.until)) })}</p>
        </div>
      </div>
      {due.instructions && <p className="quiet">{due.instructions}</p>}
      {due.device && <p>{t("today.device", { device: due.device })}</p>}
      {!readOnly && (
        <Button
          size="lg"
          fullWidth
          variant={due.device ? "default" : "filled"}
          renderRoot={(props) => <Link {...props} to="/measure" search={{ code: due.code }} />}
        >
          {t(due.device ? "today.enterMyself" : "today.enter", {
            sign: t(`common:sentence.${due.code}`, due.display.toLowerCase()),
          })}
        </Button>
      )}
    </li>
  );
}

const groups = [
  { list: "next", icon: IconClock },
  { list: "done", icon: IconCircleCheck },
  { list: "missed", icon: IconClockX },
] as const;

function Rest({ lists }: { readonly lists: DueLists }) {
  const { t } = useTranslation("plan");
  const shown = groups.filter(({ list }) => lists[list].length > 0);
  if (shown.length === 0) return null;
  return (
    <div className={`card ${classes.rest}`}>
      {shown.map(({ list, icon: Icon }) => (
        <div key={list} className={classes.group} data-list={list}>
          <h3 id={`due-${list}`}>{t(`today.${list}`)}</h3>
          <ul aria-label={t(`today.${list}`)}>
            {lists[list].map((due) => (
              <li key={keyOf(due)}>
                <Icon size="1.25em" stroke={1.8} aria-hidden="true" />
                <span>{t(`common:sign.${due.code}`, due.display)}</span>
                <span className={classes.time}>{formatTime(Date.parse(due.due_at))}</span>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}

function keyOf(due: Due): string {
  return `${due.item_id} ${due.due_at}`;
}
