/** One alert's story: what, since when, against which limit, the readings around it, who did what, and what to do. */

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Alert } from "../../api/types";
import { PriorityMark } from "../../components/PriorityMark";
import { formatAge, formatAgo, formatInstant } from "../../lib/format";
import { useNow } from "../../lib/useNow";
import { PatientCharts } from "../charts/PatientCharts";
import { AlertActions } from "./AlertActions";
import { AlertDeliveries } from "./AlertDeliveries";
import { AlertHistory } from "./AlertHistory";
import classes from "./alerts.module.css";
import { limitText, valueText } from "./words";

const hour = 3_600_000;

export function AlertStory({ alert, headingLevel = 1 }: { alert: Alert; headingLevel?: 1 | 2 }) {
  const { t } = useTranslation("alerts");
  const now = useNow(30_000);
  const Heading = headingLevel === 1 ? "h1" : "h2";
  const SubHeading = headingLevel === 1 ? "h2" : "h3";
  const first = Date.parse(alert.first_at);
  const last = Date.parse(alert.resolved_at ?? alert.last_at);
  return (
    <article className={classes.story}>
      <header className={classes.storyHead} data-priority={alert.status === "resolved" ? undefined : alert.priority}>
        <p className={classes.storyKind}>
          <PriorityMark priority={alert.priority} compact /> {t(`priority.${alert.priority}`)} ·{" "}
          {t(`status.${alert.status}`)}
          {alert.status === "acknowledged" &&
            alert.acknowledged_by &&
            ` ${t("by", { name: alert.acknowledged_by.name })}`}
          {alert.assigned_to && ` · ${t("assignedTo", { name: alert.assigned_to.name })}`}
          {alert.snoozed_until && ` · ${t("snoozedUntil", { until: formatInstant(Date.parse(alert.snoozed_until)) })}`}
        </p>
        <Heading className={classes.storyTitle} tabIndex={headingLevel === 1 ? -1 : undefined}>
          {alert.title}
        </Heading>
        {alert.detail && <p className={classes.storyDetail}>{alert.detail}</p>}
        <p className={classes.storyWho}>
          {alert.patient_id === null ? (
            t("thePlatform")
          ) : (
            <Link to="/patients/$patientId" params={{ patientId: alert.patient_id }}>
              {alert.patient_name}
            </Link>
          )}
        </p>
      </header>
      <Facts alert={alert} now={now} />
      <AlertActions alert={alert} />
      {alert.patient_id !== null && (
        <section aria-label={t("around")}>
          <SubHeading className={classes.sub}>{t("around")}</SubHeading>
          <PatientCharts
            key={alert.id}
            patientId={alert.patient_id}
            codes={alert.code === null ? undefined : [alert.code]}
            episode={{ start: first, end: alert.condition_active ? null : last, priority: alert.priority }}
            initialWindow={{ start: first - 6 * hour, end: Math.min(now, last + 3 * hour) }}
          />
        </section>
      )}
      <AlertDeliveries alert={alert} heading={SubHeading} />
      <AlertHistory alert={alert} heading={SubHeading} />
    </article>
  );
}

function Facts({ alert, now }: { alert: Alert; now: number }) {
  const { t } = useTranslation("alerts");
  const first = Date.parse(alert.first_at);
  const last = Date.parse(alert.last_at);
  const value = valueText(alert, t);
  const limit = limitText(alert);
  return (
    <dl className={classes.facts}>
      {value !== null && (
        <div>
          <dt>{t("value")}</dt>
          <dd>
            <span className={classes.big}>{value}</span>
            <small>{formatAgo(now - last)}</small>
          </dd>
        </div>
      )}
      {limit !== null && (
        <div>
          <dt>{t("limit")}</dt>
          <dd>
            <span className={classes.big}>{limit}</span>
            <small>{t(alert.condition_active ? "stillOutside" : "backInside")}</small>
          </dd>
        </div>
      )}
      <div>
        <dt>{t("since")}</dt>
        <dd>
          <span className={classes.big}>{formatAge(now - first)}</span>
          <small>{formatInstant(first)}</small>
        </dd>
      </div>
      <div>
        <dt>{t("readings")}</dt>
        <dd>
          <span className={classes.big}>{alert.count}</span>
          <small>
            {t(limit === null ? "readingsLast" : "readingsOutside", { count: alert.count, ago: formatAgo(now - last) })}
          </small>
        </dd>
      </div>
    </dl>
  );
}
