/** Who is on call for a team now, until when, and who comes next. Where nobody is, what happens then. */
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useMe } from "../../api/me";
import type { OnCallRole, OnCallSpan, OnCallTeam } from "../../api/types";
import { ErrorState } from "../../components/ErrorState";
import { CardsSkeleton } from "../../components/Skeletons";
import { useNow } from "../../lib/useNow";
import classes from "./oncall.module.css";
import { layoutOptions } from "./queries";
import { daysFrom, roles, standing, viewDays } from "./rota";
import { momentText, namesText } from "./words";
import { dayOf } from "./zone";

export function NowCard({ team }: { readonly team: OnCallTeam }) {
  const { t } = useTranslation("oncall");
  const now = useNow(10_000);
  const days = daysFrom(dayOf(now, team.time_zone), viewDays, team.time_zone);
  const query = useQuery(layoutOptions(team.id, days[0]?.start ?? now, days.at(-1)?.end ?? now));
  if (query.isPending) return <CardsSkeleton cards={1} height={132} />;
  if (!query.data) {
    return <ErrorState title={t("rotaFailed")} error={query.error} onRetry={() => void query.refetch()} />;
  }
  const spans = query.data.spans;
  return (
    <article className={`card ${classes.nowCard}`} aria-label={team.title}>
      <h3>{team.title}</h3>
      <dl className={classes.nowRoles}>
        {roles.map((role) => (
          <NowRole key={role} team={team} role={role} spans={spans} now={now} />
        ))}
      </dl>
    </article>
  );
}

interface NowRoleProps {
  readonly team: OnCallTeam;
  readonly role: OnCallRole;
  readonly spans: readonly OnCallSpan[];
  readonly now: number;
}

function NowRole({ team, role, spans, now }: NowRoleProps) {
  const { t } = useTranslation("oncall");
  const me = useMe();
  const { people, until, next } = standing(spans, role, now);
  const at = until === null ? "" : momentText(until, team.time_zone, now);
  const named = (who: typeof people, you: string) =>
    namesText(
      who.map((person) => (person.id === me.id ? { ...person, name: you } : person)),
      t,
    );
  const untilText = until === null ? t("unchanging") : t("until", { until: at });
  return (
    <div className={classes.nowRole}>
      <dt>{t(`roleTitle.${role}`)}</dt>
      <dd>
        {people.length === 0 ? (
          <p className={classes.warning}>
            <IconAlertTriangle size={18} stroke={1.8} aria-hidden="true" />
            <span>
              {t(`nobodyNow.${role}`)} <span className={classes.quiet}>{untilText}</span>
            </span>
          </p>
        ) : (
          <p>
            <strong className={classes.nowNames}>{named(people, t("you"))}</strong>{" "}
            <span className={classes.quiet}>{untilText}</span>
          </p>
        )}
        {next && (
          <p className={classes.quiet}>
            {next.people.length > 0
              ? t("next", { names: named(next.people, t("youThen")), at })
              : t("nextNobody", { at })}
          </p>
        )}
      </dd>
    </div>
  );
}
