/** The present, as epoch ms, moving on by itself so that ages on screen stay true. */
import { useSyncExternalStore } from "react";

interface Clock {
  now: number;
  readonly subscribe: (listener: () => void) => () => void;
}

const clocks = new Map<number, Clock>();

export function useNow(everyMs = 30_000): number {
  const clock = clockFor(everyMs);
  return useSyncExternalStore(clock.subscribe, () => clock.now);
}

/** Everyone with the same pace shares one timer. */
function clockFor(everyMs: number): Clock {
  const existing = clocks.get(everyMs);
  if (existing) return existing;
  const listeners = new Set<() => void>();
  let timer: ReturnType<typeof setInterval> | null = null;
  const clock: Clock = {
    now: Date.now(),
    subscribe: (listener) => {
      listeners.add(listener);
      clock.now = Math.max(clock.now, Date.now());
      timer ??= setInterval(() => {
        clock.now = Date.now();
        for (const each of listeners) each();
      }, everyMs);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0 && timer !== null) {
          clearInterval(timer);
          timer = null;
        }
      };
    },
  };
  clocks.set(everyMs, clock);
  return clock;
}
