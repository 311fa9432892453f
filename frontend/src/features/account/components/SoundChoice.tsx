/** How alerts sound in the open portal. What is of high priority can be made quieter, not silent. */
import { Button, Slider, Switch } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Sound } from "../../../api/types";
import { alarmSound } from "../../../lib/alarmSound";
import classes from "../account.module.css";
import { useChangeSettings } from "../api/notifications";
import { Outcome } from "./Outcome";
import { Section } from "./Section";

export function SoundChoice({ sound }: { readonly sound: Sound }) {
  const { t } = useTranslation("account");
  const change = useChangeSettings();
  const [volume, setVolume] = useState(sound.volume);
  return (
    <Section title={t("reach.sound")} about={t("reach.soundAbout")}>
      <div className={classes.form}>
        <div>
          <span className={classes.label} aria-hidden="true">
            {t("reach.volume")}
          </span>
          <Slider
            thumbLabel={t("reach.volume")}
            min={20}
            max={100}
            step={10}
            label={(value) => t("reach.percent", { value })}
            value={volume}
            onChange={setVolume}
            onChangeEnd={(value) => change.mutate({ sound: { ...sound, volume: value } })}
          />
        </div>
        <Switch
          label={t("reach.soundLow")}
          checked={sound.low}
          onChange={(event) => change.mutate({ sound: { ...sound, low: event.currentTarget.checked } })}
        />
        <Button variant="default" className={classes.start} onClick={() => void alarmSound.sample("medium", volume)}>
          {t("reach.hear")}
        </Button>
      </div>
      <Outcome error={change.error} done={change.isSuccess && t("reach.kept")} />
    </Section>
  );
}
