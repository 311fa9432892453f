/** The patient's own alerts, said plainly: what it is, and that somebody knows. */
import { useTranslation } from "react-i18next";
import type { Alert } from "../../../api/types";
import { PriorityMark } from "../../../components/PriorityMark";
import { formatAgo } from "../../../lib/format";
import { useNow } from "../../../lib/useNow";
import classes from "../home.module.css";
import { alertKey } from "../words";

export function PlainAlerts({ alerts }: { readonly alerts: readonly Alert[] }) {
  const { t } = useTranslation("home");
  const now = useNow();
  if (alerts.length === 0) return null;
  return (
    <section aria-labelledby="home-alerts">
      <h2 id="home-alerts">{t("alerts")}</h2>
      <ul className={classes.alerts}>
        {alerts.map((alert) => (
          <li key={alert.id} className={classes.alert} data-priority={alert.priority}>
            <PriorityMark priority={alert.priority} compact />
            <div>
              <strong>
                {t(alertKey(alert), { sign: t(`common:sentence.${alert.code}`, alert.display.toLowerCase()) })}
              </strong>
              <p>
                {alert.acknowledged_by ? t("seen", { name: alert.acknowledged_by.name }) : t("told")}{" "}
                <span className="quiet">{formatAgo(now - Date.parse(alert.raised_at))}</span>
              </p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
