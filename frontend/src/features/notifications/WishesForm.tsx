/** For which priorities each channel is used, and the hours in which only what is urgent is sent. */
import { Button, Checkbox, Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { NotificationSettings } from "../../api/types";
import { problemText } from "../../components/ErrorState";
import classes from "./notifications.module.css";
import { useSaveWishes } from "./queries";

const priorities = ["high", "medium", "low"] as const;

export function WishesForm({ settings }: { readonly settings: NotificationSettings }) {
  const { t } = useTranslation("notifications");
  const [channels, setChannels] = useState(settings.channels);
  const [quiet, setQuiet] = useState(settings.quiet_hours);
  const save = useSaveWishes();
  const submit = () =>
    save.mutate({
      channels: channels.map(({ channel, high, medium, low }) => ({ channel, high, medium, low })),
      quiet_hours: quiet,
    });
  return (
    <section className={classes.section} aria-labelledby="wishes">
      <h2 id="wishes">{t("wishes.title")}</h2>
      <table className={classes.wishes}>
        <thead>
          <tr>
            <th scope="col">{t("wishes.channel")}</th>
            {priorities.map((priority) => (
              <th scope="col" key={priority}>
                {t(`wishes.${priority}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {channels.map((channel) => (
            <tr key={channel.channel}>
              <th scope="row">
                {channel.display}
                {!channel.reachable && <small className="quiet">{t("wishes.noAddress")}</small>}
              </th>
              {priorities.map((priority) => (
                <td key={priority}>
                  <Checkbox
                    size="md"
                    aria-label={t("wishes.use", { channel: channel.display, priority: t(`wishes.${priority}`) })}
                    checked={channel[priority]}
                    onChange={(event) => {
                      const { checked } = event.currentTarget;
                      setChannels((list) =>
                        list.map((each) =>
                          each.channel === channel.channel ? { ...each, [priority]: checked } : each,
                        ),
                      );
                    }}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {!channels.some((channel) => channel.high) && (
        <p role="alert" className={classes.trouble}>
          {t("wishes.nothingUrgent")}
        </p>
      )}
      <Switch
        label={t("quiet.label")}
        description={t("quiet.about")}
        checked={quiet !== null}
        onChange={(event) =>
          setQuiet(
            event.currentTarget.checked
              ? { start: "22:00", end: "07:00", time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone }
              : null,
          )
        }
      />
      {quiet && (
        <div className={classes.row}>
          {(["start", "end"] as const).map((edge) => (
            <TextInput
              key={edge}
              type="time"
              label={t(`quiet.${edge}`)}
              value={quiet[edge]}
              onChange={(event) => setQuiet({ ...quiet, [edge]: event.currentTarget.value })}
            />
          ))}
          <p className="quiet">{t("quiet.zone", { zone: quiet.time_zone })}</p>
        </div>
      )}
      <div className={classes.actions}>
        <Button loading={save.isPending} onClick={submit}>
          {t("save")}
        </Button>
        {save.isSuccess && <span role="status">{t("saved")}</span>}
      </div>
      {save.error && (
        <p role="alert" className={classes.trouble}>
          {t("notSaved", { reason: problemText(save.error, t) })}
        </p>
      )}
    </section>
  );
}
