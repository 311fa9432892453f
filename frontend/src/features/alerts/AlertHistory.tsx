/** Who did what, and when. */
import { useTranslation } from "react-i18next";
import type { Alert } from "../../api/types";
import { formatInstant, formatNumber, formatUnit } from "../../lib/format";
import classes from "./alerts.module.css";

export function AlertHistory({ alert, heading: Heading }: { alert: Alert; heading: "h2" | "h3" }) {
  const { t } = useTranslation("alerts");
  return (
    <section aria-label={t("history")}>
      <Heading className={classes.sub}>{t("history")}</Heading>
      <ol className={classes.timeline}>
        {alert.history.map((entry) => (
          <li key={`${entry.at}-${entry.action}`}>
            <time dateTime={entry.at}>{formatInstant(Date.parse(entry.at))}</time>
            <div>
              <strong>{t(`action.${entry.action}`, { defaultValue: entry.action })}</strong>{" "}
              {entry.by ? t("by", { name: entry.by.name }) : t("byPlatform")}
              {entry.value !== null && (
                <span className={classes.quiet}>
                  {" "}
                  · {formatNumber(entry.value)} {formatUnit(alert.unit)}
                </span>
              )}
              {entry.action === "acknowledged" && alert.actionable !== null && (
                <span className={classes.quiet}> · {t(alert.actionable ? "wasActionable" : "wasNotActionable")}</span>
              )}
              {entry.note && <q>{entry.note}</q>}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
