/** What all pages of this browser share: the pause, the choice of priorities, and which one of them makes the sound. */
import { useEffect, useState, useSyncExternalStore } from "react";
import type { Threshold } from "./bursts";

const pauseKey = "pmp.sound.pausedUntil";
const fromKey = "pmp.sound.from";
const thresholds: readonly Threshold[] = ["low", "medium", "high", "none"];

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A browser that keeps nothing still sounds: what is chosen holds for no other page.
  }
  for (const listener of listeners) listener();
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function pausedUntil(): number {
  return Number(read(pauseKey) ?? 0) || 0;
}

export function pauseUntil(moment: number): void {
  write(pauseKey, String(moment));
}

export function usePausedUntil(): number {
  return useSyncExternalStore(subscribe, pausedUntil);
}

export function heardFrom(): Threshold {
  const kept = read(fromKey);
  return thresholds.find((each) => each === kept) ?? "low";
}

export function hearFrom(threshold: Threshold): void {
  write(fromKey, threshold);
}

export function useHeardFrom(): Threshold {
  return useSyncExternalStore(subscribe, heardFrom);
}

/** Of several pages of one browser one makes the sound; when it is closed another takes over. */
export function useIsSpeaker(enabled: boolean): boolean {
  const [holds, setHolds] = useState(false);
  useEffect(() => {
    if (!enabled) return;
    if (!("locks" in navigator)) {
      setHolds(true);
      return;
    }
    const gone = new AbortController();
    let release: (() => void) | undefined;
    navigator.locks
      .request("pmp.sound", { signal: gone.signal }, () => {
        setHolds(true);
        return new Promise<void>((done) => {
          release = done;
        });
      })
      .catch(() => undefined);
    return () => {
      setHolds(false);
      gone.abort();
      release?.();
    };
  }, [enabled]);
  return holds;
}
