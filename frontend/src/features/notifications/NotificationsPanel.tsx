/** How one is reached outside the portal: this browser, e-mail, telephone; for what; and when not. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ErrorState, problemText } from "../../components/ErrorState";
import { RowsSkeleton } from "../../components/Skeletons";
import { AddressField } from "./AddressField";
import { BrowserPush } from "./BrowserPush";
import classes from "./notifications.module.css";
import { settingsOptions, useSendTest } from "./queries";
import { WishesForm } from "./WishesForm";

export function NotificationsPanel() {
  const { t } = useTranslation("notifications");
  const query = useQuery(settingsOptions);
  if (query.isPending) return <RowsSkeleton rows={4} columns={2} />;
  if (!query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const settings = query.data;
  const isSetUp = (channel: string) => settings.channels.some((each) => each.channel === channel);
  return (
    <div className={classes.panel}>
      <p className="quiet">{t("about")}</p>
      <BrowserPush subscriptions={settings.push_subscriptions} />
      {isSetUp("email") && <AddressField kind="email" address={settings.email} />}
      {isSetUp("sms") && <AddressField kind="phone" address={settings.phone} />}
      <WishesForm key={JSON.stringify([settings.channels, settings.quiet_hours])} settings={settings} />
      <TryOut />
    </div>
  );
}

function TryOut() {
  const { t } = useTranslation("notifications");
  const test = useSendTest();
  return (
    <section className={classes.section} aria-labelledby="try-out">
      <h2 id="try-out">{t("test.title")}</h2>
      <p className="quiet">{t("test.about")}</p>
      <div>
        <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>
          {t("test.send")}
        </Button>
      </div>
      {test.data && <p role="status">{t("test.sent", { channels: test.data.channels.join(", ") })}</p>}
      {test.error && (
        <p role="alert" className={classes.trouble}>
          {problemText(test.error, t)}
        </p>
      )}
    </section>
  );
}
