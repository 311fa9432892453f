/** Which channel is used for which priority; each choice is kept at once. */
import { Checkbox } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ChannelChoice, NotificationSettings, Priority } from "../../../api/types";
import classes from "../account.module.css";
import { useChangeSettings } from "../api/notifications";
import { Outcome } from "./Outcome";
import { Section } from "./Section";

const priorities: readonly Priority[] = ["high", "medium", "low"];

export function ChannelChoices({ settings }: { readonly settings: NotificationSettings }) {
  const { t } = useTranslation("account");
  const change = useChangeSettings();
  const choose = (chosen: ChannelChoice) =>
    change.mutate({
      channels: settings.channels.map((channel) => (channel.channel === chosen.channel ? chosen : channel)),
    });
  const silent = !settings.channels.some(({ reachable, high }) => reachable && high);
  return (
    <Section title={t("reach.what")} about={t("reach.whatAbout")}>
      <div className={classes.choices}>
        {settings.channels.map((channel) => (
          <fieldset key={channel.channel} className={classes.choice}>
            <legend>
              {t(`reach.channel.${channel.channel}`, { defaultValue: channel.display })}
              {!channel.reachable && <span className="quiet"> · {t("reach.noAddress")}</span>}
            </legend>
            {priorities.map((priority) => (
              <Checkbox
                key={priority}
                label={t(`reach.level.${priority}`)}
                checked={channel[priority]}
                onChange={(event) => choose({ ...channel, [priority]: event.currentTarget.checked })}
              />
            ))}
          </fieldset>
        ))}
      </div>
      {silent && <p className={classes.trouble}>{t("reach.silent")}</p>}
      <Outcome error={change.error} done={change.isSuccess && t("reach.kept")} />
    </Section>
  );
}
