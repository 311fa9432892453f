import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Alert } from "../../api/types";
import { accessibilityFaults } from "../../testing/axe";
import { alert } from "../../testing/clinical";
import { playServer, receive, renderPage } from "../../testing/fakeNetwork";
import { burst, callsNow, endsPause, isHeard, repeatEveryMs } from "./bursts";
import { SoundControl } from "./SoundControl";

/** The browser's audio as far as the speaker uses it: counts the tones, and may wait for a touch. */
let tones: number[] = [];
let audio: "running" | "suspended" = "running";

class PlayedAudio {
  currentTime = 0;
  destination = {};
  get state() {
    return audio;
  }
  resume = () => (audio === "running" ? Promise.resolve() : new Promise(() => undefined));
  createPeriodicWave = () => ({});
  createGain = () => ({
    gain: { setValueAtTime: () => undefined, linearRampToValueAtTime: () => undefined },
    connect: () => ({}),
  });
  createOscillator = () => {
    const tone = {
      setPeriodicWave: () => undefined,
      frequency: { value: 0 },
      connect: () => tone.gain,
      gain: { connect: () => undefined },
    };
    return {
      ...tone,
      connect: () => ({ connect: () => undefined }),
      start: () => tones.push(1),
      stop: () => undefined,
    };
  };
}

const calm = alert({ id: "a2", priority: "low", status: "acknowledged" });

async function show(alerts: readonly Alert[]) {
  playServer(() => ({ items: alerts, next: null }));
  renderPage(<SoundControl />);
  return screen.findByRole("button", { name: /Alarm sound/ });
}

beforeEach(() => {
  tones = [];
  audio = "running";
  localStorage.clear();
  vi.stubGlobal("AudioContext", PlayedAudio);
});
afterEach(() => vi.useRealTimers());

test("each priority has a pattern of its own: more pulses, quicker, the more urgent", () => {
  expect(burst("high")).toHaveLength(10);
  expect(burst("medium")).toHaveLength(3);
  expect(burst("low")).toHaveLength(2);
  const ends = burst("high").map((pulse) => pulse.at + pulse.length);
  expect(burst("high").every((pulse, place) => place === 0 || pulse.at >= (ends[place - 1] ?? 0))).toBe(true);
  expect(Math.max(...ends) * 1000).toBeLessThan(repeatEveryMs);
  expect(burst("high").every((pulse) => pulse.pitch >= 150 && pulse.pitch <= 1000)).toBe(true);
});

test("what is chosen is heard, and what begins to call is", () => {
  expect(isHeard("low", "medium")).toBe(false);
  expect(isHeard("high", "high")).toBe(true);
  expect(isHeard("high", "none")).toBe(false);
  expect(endsPause("low")).toBe(false);
  expect(callsNow(alert())).toBe(true);
  expect(callsNow(alert({ status: "acknowledged" }))).toBe(false);
});

test("a pause is silent for two minutes, says how long, and ends with a new alarm", async () => {
  const button = await show([alert({ priority: "high" })]);
  await waitFor(() => expect(tones).toHaveLength(10));
  const user = userEvent.setup();
  await user.click(button);
  await user.click(await screen.findByRole("button", { name: "Pause the sound for 2 minutes" }));
  expect(button.dataset.sound).toBe("paused");
  expect(screen.getByText(/^[12]:[0-5][0-9]$/)).toBeTruthy();
  await act(async () => receive("alerts", "alert_raised", { alert: alert({ id: "l", priority: "low" }) }));
  expect(button.dataset.sound).toBe("paused");
  await act(async () => receive("alerts", "alert_raised", { alert: alert({ id: "m", priority: "medium" }) }));
  await waitFor(() => expect(button.dataset.sound).toBe("on"));
  expect(button.dataset.newest).toBeTruthy();
});

test("a browser that waits for a touch says so, and sounds after it", async () => {
  audio = "suspended";
  const button = await show([calm]);
  await waitFor(() => expect(button.dataset.sound).toBe("blocked"));
  audio = "running";
  await userEvent.setup().click(document.body);
  await waitFor(() => expect(button.dataset.sound).toBe("on"));
});

test("who wants high alarms only hears no others, and the choice stays", async () => {
  const button = await show([calm]);
  const user = userEvent.setup();
  await user.click(button);
  await user.click(await screen.findByRole("radio", { name: "High priority only" }));
  await act(async () => receive("alerts", "alert_raised", { alert: alert({ id: "m", priority: "medium" }) }));
  expect(tones).toHaveLength(0);
  expect(localStorage.getItem("pmp.sound.from")).toBe("high");
  await act(async () => receive("alerts", "alert_raised", { alert: alert({ id: "h", priority: "high" }) }));
  await waitFor(() => expect(tones.length).toBeGreaterThanOrEqual(10));
  expect(await accessibilityFaults()).toEqual([]);
});

test("the page's title counts what waits", async () => {
  document.title = "Patient monitoring";
  await show([alert(), alert({ id: "b" }), calm]);
  await waitFor(() => expect(document.title).toBe("(2) Patient monitoring"));
});

test("a high alert that waits is sounded again and again until somebody takes it on", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  await show([alert({ priority: "high" })]);
  await waitFor(() => expect(tones).toHaveLength(10));
  await act(() => vi.advanceTimersByTimeAsync(repeatEveryMs));
  expect(tones).toHaveLength(20);
  await act(async () => receive("alerts", "alert_acknowledged", { alert: alert({ status: "acknowledged" }) }));
  await act(() => vi.advanceTimersByTimeAsync(3 * repeatEveryMs));
  expect(tones).toHaveLength(20);
});
