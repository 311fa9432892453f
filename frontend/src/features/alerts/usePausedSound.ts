/** The two minutes' pause of the sound: for every tab of the browser, and over by itself. */
import { useCallback, useEffect, useState } from "react";

export const pauseMs = 120_000;
const key = "pmp.soundPausedUntil";

function read(now: number): number | null {
  const until = Number(localStorage.getItem(key));
  // A clock that was put back must not make the pause longer.
  return until > now && until <= now + pauseMs ? until : null;
}

export function usePausedSound() {
  const [until, setUntil] = useState(() => read(Date.now()));
  const pause = useCallback(() => {
    const end = Date.now() + pauseMs;
    localStorage.setItem(key, String(end));
    setUntil(end);
  }, []);
  const resume = useCallback(() => {
    localStorage.removeItem(key);
    setUntil(null);
  }, []);
  useEffect(() => {
    const onStorage = (event: StorageEvent) => {
      if (event.key === key || event.key === null) setUntil(read(Date.now()));
    };
    window.addEventListener("storage", onStorage);
    return () => window.removeEventListener("storage", onStorage);
  }, []);
  useEffect(() => {
    if (until === null) return;
    const timer = setTimeout(() => setUntil(read(Date.now())), Math.max(0, until - Date.now()) + 20);
    return () => clearTimeout(timer);
  }, [until]);
  return { until, pause, resume };
}
