/** The loudspeaker in the top bar: whether alarms are heard, a pause of two minutes, and from which priority on. */
import { Button, Popover, Radio, UnstyledButton } from "@mantine/core";
import { IconPlayerPause, IconVolume, IconVolumeOff, type TablerIcon } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNow } from "../../lib/useNow";
import type { Threshold } from "./bursts";
import classes from "./sound.module.css";
import { type AlarmSound, type SoundState, useAlarmSound } from "./useAlarmSound";

const icons: Record<SoundState, TablerIcon> = {
  on: IconVolume,
  paused: IconPlayerPause,
  blocked: IconVolumeOff,
  off: IconVolumeOff,
};
const choices: readonly Threshold[] = ["low", "medium", "high", "none"];

export function SoundControl() {
  const { t } = useTranslation("sound");
  const sound = useAlarmSound();
  const [opened, setOpened] = useState(false);
  const Icon = icons[sound.state];
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={300} trapFocus withinPortal={false}>
      <Popover.Target>
        <UnstyledButton
          className={classes.control}
          data-sound={sound.state}
          data-newest={sound.newest ?? undefined}
          onClick={() => setOpened(!opened)}
        >
          <Icon size={20} stroke={1.7} aria-hidden="true" />
          <span className={classes.forReaders}>{t(`state.${sound.state}`)}</span>
          {sound.state === "blocked" && <span className={classes.word}>{t("blockedShort")}</span>}
          {sound.state === "paused" && <Countdown until={sound.pausedUntil} />}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <Panel sound={sound} />
      </Popover.Dropdown>
    </Popover>
  );
}

function Panel({ sound }: { readonly sound: AlarmSound }) {
  const { t } = useTranslation("sound");
  return (
    <div className={classes.panel}>
      <p className={classes.state}>{t(`about.${sound.state}`)}</p>
      {sound.state === "paused" ? (
        <Button onClick={sound.resume}>{t("resume")}</Button>
      ) : (
        sound.state === "on" && <Button onClick={sound.pause}>{t("pause")}</Button>
      )}
      <Radio.Group
        label={t("from")}
        value={sound.from}
        onChange={(value) => sound.setFrom(choices.find((each) => each === value) ?? "low")}
      >
        <div className={classes.choices}>
          {choices.map((each) => (
            <Radio key={each} value={each} label={t(`choice.${each}`)} />
          ))}
        </div>
      </Radio.Group>
      <Button variant="default" onClick={sound.tryOut}>
        {t("tryOut")}
      </Button>
      <p className="quiet">{t("limits")}</p>
    </div>
  );
}

function Countdown({ until }: { readonly until: number }) {
  const { t } = useTranslation("sound");
  const now = useNow(1_000);
  const seconds = Math.max(0, Math.ceil((until - now) / 1_000));
  return (
    <span className={classes.word} aria-hidden="true">
      {t("left", { minutes: Math.floor(seconds / 60), seconds: String(seconds % 60).padStart(2, "0") })}
    </span>
  );
}
