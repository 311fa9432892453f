/** Sound, badge and title for the alerts that call. Used once on a page. */
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { notificationSettingsOptions } from "../../api/notificationSettings";
import type { Alert, Sound } from "../../api/types";
import { alarmSound, useSoundState } from "../../lib/alarmSound";
import type { AlertEventType } from "../../lib/live";
import { callingOf, callsAnew, type Loudness, loudnessOf } from "./calling";
import { alertsOptions } from "./queries";
import { useLiveAlerts } from "./useLiveAlerts";
import { usePausedSound } from "./usePausedSound";
import { useSoundLeader } from "./useSoundLeader";

/** Until the person's choice is known, or when it cannot be: heard. */
const unknown: Sound = { volume: 80, low: true };

export interface Alarm extends Loudness {
  readonly calling: readonly Alert[];
  readonly pausedUntil: number | null;
  readonly pause: () => void;
  readonly resume: () => void;
}

export function useAlarm(enabled: boolean): Alarm {
  const { data } = useQuery({ ...alertsOptions({ status: "open" }), enabled });
  const sound = useQuery({ ...notificationSettingsOptions, enabled }).data?.sound ?? unknown;
  const items = enabled ? data?.items : undefined;
  const calling = useMemo(() => callingOf(items ?? []), [items]);
  const state = useSoundState();
  const { until: pausedUntil, pause, resume } = usePausedSound();
  const isLeader = useSoundLeader(enabled && state === "ready");
  const loudness = loudnessOf(calling, sound, state, isLeader, pausedUntil !== null);
  useUnlocking(enabled);
  useRearming(enabled, items, resume);
  const { hearing, priority } = loudness;
  const sounds = hearing === "sounding" || (hearing === "paused" && isLeader);
  useEffect(() => {
    alarmSound.play(sounds && priority !== null ? { priority, volume: sound.volume, from: pausedUntil ?? 0 } : null);
  }, [sounds, priority, sound.volume, pausedUntil]);
  useEffect(() => () => alarmSound.play(null), []);
  useCount(calling.length, enabled);
  return { ...loudness, calling, pausedUntil, pause, resume };
}

/** Browsers allow sound after a click or key press anywhere: whichever comes first. */
function useUnlocking(enabled: boolean): void {
  useEffect(() => {
    if (!enabled) return;
    alarmSound.unlock();
    document.addEventListener("pointerdown", alarmSound.unlock);
    document.addEventListener("keydown", alarmSound.unlock);
    return () => {
      document.removeEventListener("pointerdown", alarmSound.unlock);
      document.removeEventListener("keydown", alarmSound.unlock);
    };
  }, [enabled]);
}

/** A pause is for what was heard: a new alert of high priority ends it. */
function useRearming(enabled: boolean, items: readonly Alert[] | undefined, resume: () => void): void {
  const known = useRef(new Map<string, Alert>());
  useEffect(() => {
    known.current = new Map((items ?? []).map((alert) => [alert.id, alert]));
  }, [items]);
  const onEvent = useCallback(
    (_type: AlertEventType, alert: Alert) => {
      if (alert.priority === "high" && callsAnew(known.current.get(alert.id), alert)) resume();
      known.current.set(alert.id, alert);
    },
    [resume],
  );
  useLiveAlerts(onEvent, enabled);
}

/** The number of waiting alerts where it is seen while the page is not: in the tab's title and on the app's icon. */
function useCount(count: number, enabled: boolean): void {
  useEffect(() => {
    if (!enabled || count === 0) return;
    const title = document.title;
    document.title = `(${count}) ${title}`;
    if ("setAppBadge" in navigator) navigator.setAppBadge(count).catch(() => undefined);
    return () => {
      document.title = title;
      if ("clearAppBadge" in navigator) navigator.clearAppBadge().catch(() => undefined);
    };
  }, [count, enabled]);
}
