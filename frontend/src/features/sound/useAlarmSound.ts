/** Sounds the alerts that call, wherever the reader is in the portal. */
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import type { Alert } from "../../api/types";
import { alertsOptions } from "../alerts/queries";
import { useLiveAlerts } from "../alerts/useLiveAlerts";
import { callsNow, endsPause, isHeard, type Priority, pauseMs, repeatEveryMs, type Threshold } from "./bursts";
import { heardFrom, hearFrom, pausedUntil, pauseUntil, useHeardFrom, useIsSpeaker, usePausedUntil } from "./shared";
import { speaker } from "./speaker";

export type SoundState = "on" | "paused" | "blocked" | "off";

export interface AlarmSound {
  readonly state: SoundState;
  readonly pausedUntil: number;
  readonly from: Threshold;
  /** Alerts that call now. */
  readonly waiting: number;
  readonly newest: Priority | null;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly setFrom: (threshold: Threshold) => void;
  readonly tryOut: () => void;
}

export function useAlarmSound(): AlarmSound {
  const { data } = useQuery(alertsOptions({ status: "open" }));
  const waiting = (data?.items ?? []).filter((alert) => alert.status === "active");
  const until = usePausedUntil();
  const from = useHeardFrom();
  const isSpeaker = useIsSpeaker(true);
  const [awake, setAwake] = useState<boolean | null>(null);
  const [newest, setNewest] = useState<Priority | null>(null);
  const isPaused = usePause(until);

  const wake = useCallback(() => void speaker.wake().then(setAwake), []);
  useEffect(() => {
    wake();
    // Any touch of the page is what the browser waits for.
    const events = ["pointerdown", "keydown"] as const;
    for (const event of events) document.addEventListener(event, wake, { passive: true });
    return () => {
      for (const event of events) document.removeEventListener(event, wake);
    };
  }, [wake]);

  const sound = useCallback((priority: Priority) => {
    if (speaker.play(priority)) setNewest(priority);
  }, []);

  const speaks = useRef(isSpeaker);
  speaks.current = isSpeaker;
  const onEvent = useCallback(
    (_type: string, alert: Alert) => {
      if (!callsNow(alert) || !isHeard(alert.priority, heardFrom())) return;
      if (pausedUntil() > Date.now()) {
        if (!endsPause(alert.priority)) return;
        pauseUntil(0);
      }
      if (speaks.current) sound(alert.priority);
    },
    [sound],
  );
  useLiveAlerts(onEvent);

  const repeats = waiting.some((alert) => alert.priority === "high") && isHeard("high", from);
  useEffect(() => {
    if (!repeats || isPaused || !isSpeaker || !awake) return;
    sound("high");
    const timer = setInterval(() => sound("high"), repeatEveryMs);
    return () => clearInterval(timer);
  }, [repeats, isPaused, isSpeaker, awake, sound]);

  useBadge(waiting.length);
  return {
    state: from === "none" ? "off" : isPaused ? "paused" : awake === false ? "blocked" : "on",
    pausedUntil: until,
    from,
    waiting: waiting.length,
    newest,
    pause: () => pauseUntil(Date.now() + pauseMs),
    resume: () => pauseUntil(0),
    setFrom: hearFrom,
    tryOut: () => void speaker.wake().then((works) => works && sound(from === "none" ? "low" : from)),
  };
}

/** Whether a pause holds; it ends by itself. */
function usePause(until: number): boolean {
  const [, again] = useState(0);
  useEffect(() => {
    const left = until - Date.now();
    if (left <= 0) return;
    const timer = setTimeout(() => again((count) => count + 1), left + 20);
    return () => clearTimeout(timer);
  }, [until]);
  return until > Date.now();
}

/** How many alerts wait: in the page's title, and on the portal's icon where it is installed. */
function useBadge(count: number): void {
  useEffect(() => {
    const plain = document.title.replace(/^\(\d+\) /, "");
    document.title = count > 0 ? `(${count}) ${plain}` : plain;
    if ("setAppBadge" in navigator) {
      void (count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge()).catch(() => undefined);
    }
    return () => {
      document.title = plain;
    };
  }, [count]);
}
