import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LiveClient } from "./live";

class PlayedSocket {
  static all: PlayedSocket[] = [];
  static readonly OPEN = 1;
  readyState = 0;
  readonly sent: unknown[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((close: { code: number }) => void) | null = null;

  constructor() {
    PlayedSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.readyState = 3;
  }

  open(): void {
    this.readyState = PlayedSocket.OPEN;
    this.onopen?.();
  }

  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  fail(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

let client: LiveClient;
const newest = (): PlayedSocket => {
  const socket = PlayedSocket.all.at(-1);
  if (!socket) throw new Error("nothing connected");
  return socket;
};

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", PlayedSocket);
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("offline")));
  PlayedSocket.all = [];
  client = new LiveClient();
});

afterEach(() => {
  client.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("topics are subscribed once, however many listen, and left when the last one goes", () => {
  client.start();
  newest().open();
  const leaves = [client.listen("alerts", vi.fn()), client.listen("alerts", vi.fn())];
  expect(newest().sent).toEqual([{ subscribe: ["alerts"] }]);
  leaves[0]?.();
  expect(newest().sent).toHaveLength(1);
  leaves[1]?.();
  expect(newest().sent.at(-1)).toEqual({ unsubscribe: ["alerts"] });
});

test("an event reaches its topic's listeners only", () => {
  const alerts = vi.fn();
  const me = vi.fn();
  client.listen("alerts", alerts);
  client.listen("me", me);
  client.start();
  newest().open();
  newest().say({ id: "1", topic: "alerts", type: "alert_raised", data: {} });
  expect(alerts).toHaveBeenCalledTimes(1);
  expect(me).not.toHaveBeenCalled();
});

test("after a lost connection it resumes behind the last event seen", () => {
  client.listen("alerts", vi.fn());
  client.start();
  newest().open();
  newest().say({ id: "41", topic: "alerts", type: "alert_raised", data: {} });
  newest().fail(1006);
  expect(client.getState().phase).toBe("lost");
  vi.advanceTimersByTime(1_000);
  expect(PlayedSocket.all).toHaveLength(2);
  newest().open();
  expect(newest().sent).toEqual([{ subscribe: ["alerts"], after: "41" }]);
  expect(client.getState().phase).toBe("live");
});

test("a reset forgets the place and is told", () => {
  const reset = vi.fn();
  client.onReset(reset);
  client.listen("alerts", vi.fn());
  client.start();
  newest().open();
  newest().say({ id: "41", topic: "alerts", type: "alert_raised", data: {} });
  newest().say({ type: "reset" });
  expect(reset).toHaveBeenCalledTimes(1);
  newest().fail(1006);
  vi.advanceTimersByTime(1_000);
  newest().open();
  expect(newest().sent).toEqual([{ subscribe: ["alerts"] }]);
});

test("an ended session is told and not retried", () => {
  const ended = vi.fn();
  client.onSessionEnded = ended;
  client.start();
  newest().open();
  newest().fail(4401);
  expect(ended).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(60_000);
  expect(PlayedSocket.all).toHaveLength(1);
});

test("a network that died without a word is noticed", () => {
  client.start();
  newest().open();
  vi.advanceTimersByTime(25_000);
  expect(newest().sent.at(-1)).toEqual({ subscribe: ["me"] });
  vi.advanceTimersByTime(8_000);
  expect(client.getState().phase).toBe("lost");
});

test("an answered heartbeat keeps the connection", () => {
  client.start();
  newest().open();
  for (let beat = 0; beat < 3; beat++) {
    vi.advanceTimersByTime(25_000);
    newest().say({ type: "subscribed", topic: "me", id: "1" });
    vi.advanceTimersByTime(8_000);
  }
  expect(client.getState().phase).toBe("live");
  expect(PlayedSocket.all).toHaveLength(1);
});

test("retries come ever more rarely", () => {
  client.start();
  for (let failure = 0; failure < 6; failure++) {
    newest().fail(1006);
    vi.advanceTimersByTime(20_000);
  }
  const before = PlayedSocket.all.length;
  newest().fail(1006);
  vi.advanceTimersByTime(5_000);
  expect(PlayedSocket.all).toHaveLength(before);
});
