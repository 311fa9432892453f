/**
 * Plays alarm patterns. A period is one looped buffer on the audio clock, so that a hidden tab, whose timers the
 * browser slows down, keeps the rhythm.
 */
import { useSyncExternalStore } from "react";
import type { Priority } from "../api/types";
import { patternOf, samplesOf } from "./alarmPattern";

/** `blocked`: the browser wants a click or a key first. `unavailable`: it has no sound at all. */
export type SoundState = "unavailable" | "blocked" | "ready";

export interface Wanted {
  readonly priority: Priority;
  /** Per cent. */
  readonly volume: number;
  /** Epoch ms before which nothing is to be heard. */
  readonly from: number;
}

const sampleRate = 16_000;

export class AlarmSound {
  private context: AudioContext | null = null;
  private readonly buffers = new Map<Priority, AudioBuffer>();
  private playing: { readonly wanted: Wanted; readonly stop: () => void } | null = null;
  private readonly listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getState = (): SoundState => {
    if (typeof AudioContext === "undefined") return "unavailable";
    return this.context?.state === "running" ? "ready" : "blocked";
  };

  /** Tries to make sound possible; works at once within a click or key press. */
  readonly unlock = (): void => {
    const context = this.open();
    if (context && context.state !== "running") void context.resume().catch(() => undefined);
  };

  /** Sounds from now on what is wanted, and nothing else. The same again changes nothing. */
  play(wanted: Wanted | null): void {
    const present = this.playing?.wanted ?? null;
    if (same(present, wanted)) return;
    this.playing?.stop();
    this.playing = null;
    const context = this.context;
    if (!wanted || !context) return;
    const inS = Math.max(0, (wanted.from - Date.now()) / 1000);
    this.playing = { wanted, stop: this.start(context, wanted.priority, wanted.volume, inS, true) };
  }

  /** One burst, for a person to judge the volume by. */
  async sample(priority: Priority, volume: number): Promise<void> {
    const context = this.open();
    if (!context) return;
    await context.resume();
    const stop = this.start(context, priority, volume, 0, false);
    const { pulses } = patternOf(priority);
    const last = pulses.at(-1);
    setTimeout(stop, ((last?.startS ?? 0) + (last?.lengthS ?? 0)) * 1000 + 100);
  }

  private open(): AudioContext | null {
    if (typeof AudioContext === "undefined") return null;
    if (!this.context) {
      this.context = new AudioContext();
      this.context.onstatechange = () => {
        for (const listener of this.listeners) listener();
      };
    }
    return this.context;
  }

  private start(context: AudioContext, priority: Priority, volume: number, inS: number, loop: boolean): () => void {
    const source = context.createBufferSource();
    source.buffer = this.bufferOf(context, priority);
    source.loop = loop;
    const gain = context.createGain();
    gain.gain.value = volume / 100;
    source.connect(gain).connect(context.destination);
    source.start(context.currentTime + inS);
    return () => {
      source.stop();
      gain.disconnect();
    };
  }

  private bufferOf(context: AudioContext, priority: Priority): AudioBuffer {
    const known = this.buffers.get(priority);
    if (known) return known;
    const samples = samplesOf(patternOf(priority), sampleRate);
    const buffer = context.createBuffer(1, samples.length, sampleRate);
    buffer.copyToChannel(samples, 0);
    this.buffers.set(priority, buffer);
    return buffer;
  }
}

function same(a: Wanted | null, b: Wanted | null): boolean {
  if (a === null || b === null) return a === b;
  return a.priority === b.priority && a.volume === b.volume && a.from === b.from;
}

export const alarmSound = new AlarmSound();

export function useSoundState(): SoundState {
  return useSyncExternalStore(alarmSound.subscribe, alarmSound.getState);
}
