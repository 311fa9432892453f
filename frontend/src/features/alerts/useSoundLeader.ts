/** Of all tabs of a browser one makes the sound: the one that holds the lock. Only tabs that may sound ask for it. */
import { useEffect, useState } from "react";

const lock = "pmp.alarm-sound";

export function useSoundLeader(canSound: boolean): boolean {
  const [isLeader, setLeader] = useState(false);
  useEffect(() => {
    if (!canSound) return;
    // Without locks two tabs sound, which is better than none.
    if (!("locks" in navigator)) {
      setLeader(true);
      return () => setLeader(false);
    }
    const given = new AbortController();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    navigator.locks
      .request(lock, { signal: given.signal }, () => {
        setLeader(true);
        return held;
      })
      .catch(() => undefined);
    return () => {
      setLeader(false);
      release();
      given.abort();
    };
  }, [canSound]);
  return isLeader;
}
