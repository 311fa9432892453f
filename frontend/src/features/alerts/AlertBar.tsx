/** A bar on every page while alerts call: how many, the most urgent, and the sound. */
import { Button } from "@mantine/core";
import { IconVolume, IconVolumeOff } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { Alert } from "../../api/types";
import { PriorityMark } from "../../components/PriorityMark";
import { alarmSound } from "../../lib/alarmSound";
import { useNow } from "../../lib/useNow";
import classes from "./alerts.module.css";
import { type Alarm, useAlarm } from "./useAlarm";
import { useBarHeight } from "./useBarHeight";

/** Opens the most urgent alert from anywhere; a function key, so that it works while typing too. */
export const openKey = "F8";

export function AlertBar({ enabled = true }: { readonly enabled?: boolean }) {
  const { t } = useTranslation("alerts");
  const alarm = useAlarm(enabled);
  const [first] = alarm.calling;
  useOpenKey(enabled ? (first ?? null) : null);
  const shown = enabled && (first !== undefined || alarm.hearing === "blocked");
  const bar = useBarHeight(shown);
  if (!shown) return null;
  return (
    <section
      ref={bar}
      className={classes.bar}
      aria-label={t("bar.label")}
      data-sound={alarm.hearing}
      data-sound-priority={alarm.priority ?? undefined}
      data-priority={first?.priority}
    >
      {first ? <Waiting first={first} count={alarm.calling.length} /> : <p>{t("bar.blocked")}</p>}
      <SoundControl alarm={alarm} />
    </section>
  );
}

function Waiting({ first, count }: { readonly first: Alert; readonly count: number }) {
  const { t } = useTranslation("alerts");
  return (
    <p className={classes.barText}>
      <PriorityMark priority={first.priority} flashing />{" "}
      <Link to="/alerts/$alertId" params={{ alertId: first.id }} aria-keyshortcuts={openKey}>
        {[first.title, first.patient_name].filter(Boolean).join(" · ")}
      </Link>{" "}
      <span className={classes.quiet}>
        <kbd>{openKey}</kbd>
        {count > 1 && <Link to="/alerts">{t("bar.others", { count: count - 1 })}</Link>}
      </span>
    </p>
  );
}

function SoundControl({ alarm }: { readonly alarm: Alarm }) {
  const { t } = useTranslation("alerts");
  switch (alarm.hearing) {
    case "blocked":
      return (
        // Pressing enables already: without keys the release would meet the other button.
        <Button
          key="enable"
          size="xs"
          variant="default"
          leftSection={<IconVolume size={16} aria-hidden="true" />}
          onClick={alarmSound.unlock}
        >
          {t("bar.enable")}
        </Button>
      );
    case "sounding":
    case "elsewhere":
      return (
        <Button
          key="pause"
          size="xs"
          variant="default"
          leftSection={<IconVolumeOff size={16} aria-hidden="true" />}
          onClick={alarm.pause}
        >
          {t("bar.pause")}
        </Button>
      );
    case "paused":
      return <Paused until={alarm.pausedUntil ?? 0} onResume={alarm.resume} />;
    case "muted":
    case "unavailable":
      return <span className={classes.quiet}>{t(`bar.${alarm.hearing}`)}</span>;
    case "silent":
      return null;
  }
}

function Paused({ until, onResume }: { readonly until: number; readonly onResume: () => void }) {
  const { t } = useTranslation("alerts");
  const now = useNow(1_000);
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  const left = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return (
    <span className={classes.barPaused}>
      <span role="timer" aria-label={t("bar.paused")}>
        {t("bar.pausedFor", { left })}
      </span>
      <Button size="xs" variant="default" onClick={onResume}>
        {t("bar.resume")}
      </Button>
    </span>
  );
}

function useOpenKey(alert: Alert | null): void {
  const navigate = useNavigate();
  const id = alert?.id ?? null;
  useEffect(() => {
    if (id === null) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== openKey || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      void navigate({ to: "/alerts/$alertId", params: { alertId: id } });
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [id, navigate]);
}
