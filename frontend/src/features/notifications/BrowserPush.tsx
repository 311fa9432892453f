/** Messages to this browser, explained before the browser asks; and the other browsers that get them. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { NotificationSettings } from "../../api/types";
import { problemText } from "../../components/ErrorState";
import { formatDate } from "../../lib/format";
import { thisBrowser } from "../../lib/push";
import classes from "./notifications.module.css";
import { pushOptions, useForgetBrowser, useTurnPush } from "./queries";

export function BrowserPush({ subscriptions }: { readonly subscriptions: NotificationSettings["push_subscriptions"] }) {
  const { t } = useTranslation("notifications");
  const { data: state } = useQuery(pushOptions);
  const turn = useTurnPush();
  const forget = useForgetBrowser();
  const others = subscriptions.filter((each) => state !== "on" || each.id !== thisBrowser());
  return (
    <section className={classes.section} aria-labelledby="push">
      <h2 id="push">{t("push.title")}</h2>
      {state && <p className={state === "on" ? classes.fine : "quiet"}>{t(`push.${state}`)}</p>}
      {(state === "off" || state === "on") && (
        <div>
          <Button
            variant={state === "off" ? "filled" : "default"}
            loading={turn.isPending}
            onClick={() => turn.mutate(state === "off")}
          >
            {t(state === "off" ? "push.turnOn" : "push.turnOff")}
          </Button>
        </div>
      )}
      {turn.error && (
        <p role="alert" className={classes.trouble}>
          {t("push.failed", { reason: problemText(turn.error, t) })}
        </p>
      )}
      {others.length > 0 && (
        <>
          <h3>{t("push.others")}</h3>
          <ul className={classes.browsers}>
            {others.map((each) => (
              <li key={each.id}>
                <span>
                  {each.service}{" "}
                  <small className="quiet">{t("push.since", { date: formatDate(each.created_at) })}</small>
                </span>
                <Button
                  size="compact-sm"
                  variant="default"
                  disabled={forget.isPending}
                  aria-label={t("push.forgetOf", { service: each.service })}
                  onClick={() => forget.mutate(each.id)}
                >
                  {t("push.forget")}
                </Button>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
