import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Alert } from "../../api/types";
import { accessibilityFaults } from "../../testing/axe";
import { alert } from "../../testing/clinical";
import { playServer, receive, renderPage } from "../../testing/fakeNetwork";
import { AlertAnnouncer } from "./AlertAnnouncer";
import { AlertBar } from "./AlertBar";

const settings = {
  channels: [],
  quiet_hours: null,
  email: null,
  phone: null,
  sound: { volume: 80, low: false },
  push_subscriptions: [],
};

/** The browser's sound, as far as jsdom lacks it: it runs after a click, and counts what sounds. */
class PlayedAudio {
  static sounding = 0;
  static allowed = false;
  state = "suspended";
  currentTime = 0;
  readonly destination = {};
  onstatechange: (() => void) | null = null;
  async resume() {
    if (!PlayedAudio.allowed) return;
    this.state = "running";
    this.onstatechange?.();
  }
  createBuffer = () => ({ copyToChannel: () => undefined });
  createGain = () => ({ gain: { value: 1 }, connect: () => undefined, disconnect: () => undefined });
  createBufferSource = () => ({
    buffer: null,
    loop: false,
    connect: (next: unknown) => next,
    start: () => {
      PlayedAudio.sounding += 1;
    },
    stop: () => {
      PlayedAudio.sounding -= 1;
    },
  });
}

function play(alerts: readonly Alert[]) {
  return playServer(({ path }) => {
    if (path === "/alerts") return { items: alerts, next: null };
    return path === "/me/notifications/settings" ? settings : 404;
  });
}

const bar = () => screen.findByRole("region", { name: "Alerts that wait" });

beforeEach(() => {
  localStorage.clear();
  document.title = "Portal";
  PlayedAudio.sounding = 0;
});
afterEach(() => vi.useRealTimers());

test("without alerts and without sound in the browser there is no bar", async () => {
  const calls = play([]);
  renderPage(<AlertBar />);
  await waitFor(() => expect(calls.some(({ path }) => path === "/alerts")).toBe(true));
  expect(screen.queryByRole("region", { name: "Alerts that wait" })).toBeNull();
  expect(document.title).toBe("Portal");
});

test("the most urgent alert is named, all are counted, and a key opens it while typing too", async () => {
  play([alert({ id: "a2", priority: "low", title: "Battery low" }), alert(), alert({ id: "a3", status: "snoozed" })]);
  const { router } = renderPage(
    <>
      <AlertBar />
      <input aria-label="Find a patient" />
    </>,
  );
  expect((await bar()).textContent).toContain("Heart rate above range · Alice Albrecht");
  expect((await bar()).textContent).toContain("and 1 more");
  expect(document.title).toBe("(2) Portal");
  expect(await accessibilityFaults()).toEqual([]);
  await userEvent.click(screen.getByLabelText("Find a patient"));
  await userEvent.keyboard("{F8}");
  await waitFor(() => expect(router.state.location.pathname).toBe("/alerts/a1"));
});

test("a browser without sound says so", async () => {
  play([alert()]);
  renderPage(<AlertBar />);
  expect((await bar()).textContent).toContain("This browser makes no sound");
});

test("sound waits for a click, pauses for two minutes, and a new urgent alert ends the pause", async () => {
  vi.stubGlobal("AudioContext", PlayedAudio);
  play([alert({ priority: "medium" })]);
  renderPage(<AlertBar />);
  expect((await bar()).dataset.sound).toBe("blocked");
  expect(PlayedAudio.sounding).toBe(0);
  PlayedAudio.allowed = true;
  await userEvent.click(await screen.findByRole("button", { name: "Enable sound" }));
  await waitFor(async () => expect((await bar()).dataset.sound).toBe("sounding"));
  expect(PlayedAudio.sounding).toBe(1);
  await userEvent.click(screen.getByRole("button", { name: "Pause sound" }));
  expect((await bar()).dataset.sound).toBe("paused");
  expect(screen.getByRole("timer").textContent).toMatch(/Sound paused, (2:00|1:5\d)/);
  // Another reading of the same alert changes nothing.
  act(() => receive("alerts", "alert_updated", { alert: alert({ priority: "medium", count: 4 }) }));
  expect((await bar()).dataset.sound).toBe("paused");
  act(() => receive("alerts", "alert_raised", { alert: alert({ id: "a9" }) }));
  await waitFor(async () => expect((await bar()).dataset.sound).toBe("sounding"));
  expect((await bar()).dataset.soundPriority).toBe("high");
  expect(PlayedAudio.sounding).toBe(1);
  act(() => receive("alerts", "alert_acknowledged", { alert: alert({ id: "a9", status: "acknowledged" }) }));
  act(() => receive("alerts", "alert_acknowledged", { alert: alert({ status: "acknowledged" }) }));
  await waitFor(() => expect(screen.queryByRole("region", { name: "Alerts that wait" })).toBeNull());
  expect(PlayedAudio.sounding).toBe(0);
  expect(document.title).toBe("Portal");
});

test("low priority is silent for who wants that", async () => {
  vi.stubGlobal("AudioContext", PlayedAudio);
  play([alert({ priority: "low" })]);
  renderPage(<AlertBar />);
  await bar();
  await userEvent.click(document.body);
  await waitFor(async () => expect((await bar()).textContent).toContain("Low priority: no sound"));
  expect(PlayedAudio.sounding).toBe(0);
});

test("an alert that becomes worse calls again, though it was hidden", async () => {
  play([alert({ priority: "medium" })]);
  renderPage(<AlertAnnouncer />);
  await screen.findByRole("alert");
  await waitFor(() => expect(screen.queryByRole("link")).toBeNull());
  await act(async () => undefined);
  act(() => receive("alerts", "alert_updated", { alert: alert({ priority: "medium", count: 4 }) }));
  expect(screen.queryByRole("link", { name: /Heart rate above range/ })).toBeNull();
  act(() => receive("alerts", "alert_updated", { alert: alert() }));
  expect((await screen.findByRole("link", { name: /Heart rate above range/ })).textContent).toContain("High priority");
  expect(screen.getByRole("alert").textContent).toContain("Heart rate above range");
});
