/** How one is reached: in this browser, by e-mail, by text message; for what, and when not. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { isProfessional, useMe } from "../../../api/me";
import { notificationSettingsOptions } from "../../../api/notificationSettings";
import { ErrorState } from "../../../components/ErrorState";
import { RowsSkeleton } from "../../../components/Skeletons";
import classes from "../account.module.css";
import { Address } from "./Address";
import { Browsers } from "./Browsers";
import { ChannelChoices } from "./ChannelChoices";
import { QuietHoursForm } from "./QuietHoursForm";
import { SendTest } from "./SendTest";
import { SoundChoice } from "./SoundChoice";
import { ThisBrowser } from "./ThisBrowser";

export function Notifications() {
  const { t } = useTranslation("account");
  const { roles } = useMe();
  const query = useQuery(notificationSettingsOptions);
  if (query.isPending) return <RowsSkeleton rows={6} columns={3} />;
  if (!query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const settings = query.data;
  const has = (channel: string) => settings.channels.some((each) => each.channel === channel);
  const hearsAlerts = isProfessional(roles) || roles.includes("admin");
  return (
    <div className={classes.sections}>
      <p className="quiet">{t("reach.about")}</p>
      <ThisBrowser />
      {settings.push_subscriptions.length > 0 && <Browsers browsers={settings.push_subscriptions} />}
      {has("email") && <Address key={`e-${settings.email}`} kind="email" present={settings.email} />}
      {has("sms") && <Address key={`p-${settings.phone}`} kind="phone" present={settings.phone} />}
      <ChannelChoices settings={settings} />
      <QuietHoursForm key={JSON.stringify(settings.quiet_hours)} present={settings.quiet_hours} />
      {hearsAlerts && <SoundChoice sound={settings.sound} />}
      <SendTest anywhere={settings.channels.some(({ reachable, high }) => reachable && high)} />
    </div>
  );
}
