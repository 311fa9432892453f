/** Plays bursts by Web Audio. Browsers allow sound only after the reader has touched the page. */
import { burst, type Priority } from "./bursts";

const volume: Record<Priority, number> = { high: 0.5, medium: 0.35, low: 0.2 };
/** A tone with overtones is found more easily in a room than a pure one. */
const overtones = [0, 1, 0.6, 0.4, 0.25, 0.15];

export class Speaker {
  private context: AudioContext | null = null;

  /** Whether sound comes out; asks the browser for it as far as it lets us. */
  async wake(): Promise<boolean> {
    if (typeof AudioContext === "undefined") return false;
    this.context ??= new AudioContext();
    if (this.context.state === "suspended") {
      // A browser that waits for a touch leaves this promise open.
      await Promise.race([this.context.resume(), new Promise((done) => setTimeout(done, 300))]);
    }
    return this.context.state === "running";
  }

  play(priority: Priority): boolean {
    const context = this.context;
    if (context?.state !== "running") return false;
    const wave = context.createPeriodicWave(new Float32Array(overtones.length), new Float32Array(overtones));
    for (const pulse of burst(priority)) {
      const tone = context.createOscillator();
      const gain = context.createGain();
      const start = context.currentTime + 0.02 + pulse.at;
      tone.setPeriodicWave(wave);
      tone.frequency.value = pulse.pitch;
      gain.gain.setValueAtTime(0, start);
      gain.gain.linearRampToValueAtTime(volume[priority], start + 0.02);
      gain.gain.setValueAtTime(volume[priority], start + pulse.length - 0.03);
      gain.gain.linearRampToValueAtTime(0, start + pulse.length);
      tone.connect(gain).connect(context.destination);
      tone.start(start);
      tone.stop(start + pulse.length);
    }
    return true;
  }
}

export const speaker = new Speaker();
