/** Who did what, and when. */
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { Alert, AlertHistoryEntry } from "../../api/types";
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
              <Action entry={entry} />
              {entry.value !== null && (
                <span className={classes.quiet}>
                  {" "}
                  · {formatNumber(entry.value)} {formatUnit(alert.unit)}
                </span>
              )}
              {entry.action === "acknowledged" && alert.actionable !== null && (
                <span className={classes.quiet}> · {t(alert.actionable ? "wasActionable" : "wasNotActionable")}</span>
              )}
              {entry.note && !isTelling(entry) && <q>{entry.note}</q>}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Telling people is the platform's own doing: who was told says more than by whom. */
function isTelling({ action }: AlertHistoryEntry): boolean {
  return action === "told" || action === "escalated";
}

function Action({ entry }: { entry: AlertHistoryEntry }) {
  const { t } = useTranslation("alerts");
  if (isTelling(entry)) return <strong>{tellingText(entry, t)}</strong>;
  return (
    <>
      <strong>{t(`action.${entry.action}`, { defaultValue: entry.action })}</strong>{" "}
      {entry.by ? t("by", { name: entry.by.name }) : t("byPlatform")}
    </>
  );
}

function tellingText({ action, people, note }: AlertHistoryEntry, t: TFunction<"alerts">): string {
  const names = new Intl.ListFormat("en", { type: "conjunction" }).format(people.map(({ name }) => name));
  const words = action === "told" ? "told" : "escalatedTo";
  const text = people.length === 0 ? t(`${words}Nobody`) : t(words, { names });
  return note === "unreachable" ? t("nobodyBefore", { text }) : text;
}
