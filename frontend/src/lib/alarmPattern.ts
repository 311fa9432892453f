/**
 * What an alarm of each priority sounds like, modelled on IEC 60601-1-8 (tables 3 and 4): pulses, bursts, pauses.
 * Pure; no conformity is claimed, for loudspeakers and rooms are not ours. See docs/alarms.md.
 */
import type { Priority } from "../api/types";

export interface Pulse {
  readonly startS: number;
  readonly lengthS: number;
}

export interface Pattern {
  readonly pulses: readonly Pulse[];
  /** From the start of one burst to the start of the next. */
  readonly periodS: number;
  readonly pitchHz: number;
}

const groups: Record<Priority, { pulseS: number; gapS: number; groups: readonly number[]; restsS: readonly number[] }> =
  {
    // Three and two, and again: between third and fourth twice the gap and a pulse, between the halves 0.6 s.
    high: { pulseS: 0.15, gapS: 0.1, groups: [3, 2, 3, 2], restsS: [0.35, 0.6, 0.35] },
    medium: { pulseS: 0.2, gapS: 0.2, groups: [3], restsS: [] },
    low: { pulseS: 0.2, gapS: 0.2, groups: [2], restsS: [] },
  };
const periodsS: Record<Priority, number> = { high: 8, medium: 15, low: 30 };
const pitchesHz: Record<Priority, number> = { high: 523, medium: 440, low: 349 };

export function patternOf(priority: Priority): Pattern {
  const shape = groups[priority];
  const pulses: Pulse[] = [];
  let at = 0;
  shape.groups.forEach((count, place) => {
    for (let i = 0; i < count; i += 1) {
      pulses.push({ startS: at, lengthS: shape.pulseS });
      at += shape.pulseS + (i < count - 1 ? shape.gapS : (shape.restsS[place] ?? 0));
    }
  });
  return { pulses, periodS: periodsS[priority], pitchHz: pitchesHz[priority] };
}

/** The fundamental and four harmonics, all within 15 dB: heard on small loudspeakers, and by ears that lost a band. */
const harmonics = [1, 0.7, 0.5, 0.4, 0.3];
const fullScale = harmonics.reduce((sum, level) => sum + level, 0);
/** Of a pulse's length: neither a click nor a swell. */
const rise = 0.2;

/** One period as samples between -1 and 1, to be repeated without end. */
export function samplesOf(pattern: Pattern, sampleRate: number): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(Math.round(pattern.periodS * sampleRate));
  for (const pulse of pattern.pulses) {
    const first = Math.round(pulse.startS * sampleRate);
    const count = Math.round(pulse.lengthS * sampleRate);
    for (let i = 0; i < count; i += 1) {
      const share = i / count;
      const envelope = Math.min(1, share / rise, (1 - share) / rise);
      const phase = (2 * Math.PI * pattern.pitchHz * i) / sampleRate;
      const wave = harmonics.reduce((sum, level, n) => sum + level * Math.sin(phase * (n + 1)), 0);
      samples[first + i] = (envelope * wave) / fullScale;
    }
  }
  return samples;
}

const rank: Record<Priority, number> = { high: 3, medium: 2, low: 1 };

/** The one priority that sounds: the most urgent of those that call. */
export function mostUrgent(priorities: readonly Priority[]): Priority | null {
  return priorities.reduce<Priority | null>(
    (best, each) => (best === null || rank[each] > rank[best] ? each : best),
    null,
  );
}
