import { describe, expect, test } from "vitest";
import {
  chartKey,
  drag,
  followsNow,
  loadWindow,
  maxSpanMs,
  minSpanMs,
  pan,
  rangeOf,
  rangeWindow,
  selection,
  spanOf,
  zoom,
} from "./timeWindow";

const now = Date.UTC(2026, 10, 23, 10, 0);
const hour = 3_600_000;

describe("zooming", () => {
  test("keeps the time under the pointer where it is", () => {
    const window = { start: now - 24 * hour, end: now };
    const at = now - 6 * hour;
    const zoomed = zoom(window, 0.5, at, now);
    expect(spanOf(zoomed)).toBe(12 * hour);
    expect((at - zoomed.start) / spanOf(zoomed)).toBeCloseTo(0.75);
  });

  test("never shows the future beyond a little air", () => {
    const zoomed = zoom(rangeWindow("24h", now), 4, now - 24 * hour, now);
    expect(zoomed.end).toBeLessThanOrEqual(now + spanOf(zoomed) / 20);
  });

  test("stops at ten minutes and at twenty years", () => {
    const window = rangeWindow("6h", now);
    expect(spanOf(zoom(window, 1e-9, now, now))).toBe(minSpanMs);
    expect(spanOf(zoom(window, 1e9, now, now))).toBe(maxSpanMs);
  });
});

test("panning forward stops at now", () => {
  const window = { start: now - 10 * hour, end: now - 2 * hour };
  expect(pan(window, -0.5, now)).toEqual({ start: now - 14 * hour, end: now - 6 * hour });
  const far = pan(window, 10, now);
  expect(spanOf(far)).toBe(8 * hour);
  expect(far.end).toBe(now + (8 * hour) / 20);
});

test("a window that ends about now follows it, and is recognised as its range", () => {
  const window = rangeWindow("7d", now - 60_000);
  expect(followsNow(window, now)).toBe(true);
  expect(rangeOf(window, now)).toBe("7d");
  expect(rangeOf({ start: window.start, end: window.end - 24 * hour }, now)).toBeNull();
});

test("a drag shorter than ten minutes is a click, either direction of a longer one selects", () => {
  expect(selection(now, now + minSpanMs - 1)).toBeNull();
  expect(selection(now + hour, now)).toEqual({ start: now, end: now + hour });
});

describe("fingers", () => {
  const window = { start: now - 10 * hour, end: now - 5 * hour };

  test("one finger moves the window, the time under it stays", () => {
    const moved = drag(window, [0.2], [0.6], now);
    expect(spanOf(moved)).toBe(5 * hour);
    expect(moved.start + 0.6 * spanOf(moved)).toBeCloseTo(window.start + 0.2 * spanOf(window), -2);
  });

  test("two fingers spread zoom in, both times stay under their fingers", () => {
    const moved = drag(window, [0.4, 0.6], [0.3, 0.7], now);
    expect(spanOf(moved)).toBeCloseTo(2.5 * hour, -2);
    expect(moved.start + 0.3 * spanOf(moved)).toBeCloseTo(window.start + 0.4 * spanOf(window), -2);
    expect(moved.start + 0.7 * spanOf(moved)).toBeCloseTo(window.start + 0.6 * spanOf(window), -2);
  });

  test("fingers that cross change nothing", () => {
    expect(drag(window, [0.4, 0.6], [0.6, 0.4], now)).toBe(window);
  });
});

describe("what is loaded", () => {
  test("covers the window with air on both sides", () => {
    const window = rangeWindow("24h", now);
    const load = loadWindow(window);
    expect(load.start).toBeLessThan(window.start - 3 * hour);
    expect(load.end).toBeGreaterThan(window.end);
    expect(spanOf(load)).toBeLessThan(4 * spanOf(window));
  });

  test("stays the same through small pans and half a minute of following now", () => {
    const window = rangeWindow("24h", now + hour);
    expect(loadWindow(pan(window, -0.01, now + hour))).toEqual(loadWindow(window));
    expect(loadWindow(rangeWindow("24h", now + hour + 30_000))).toEqual(loadWindow(window));
  });
});

test("arrows pan, with Shift by a screen; plus and minus zoom; other keys are not ours", () => {
  expect(chartKey("ArrowLeft", false)).toEqual({ kind: "pan", share: -0.2 });
  expect(chartKey("ArrowRight", true)).toEqual({ kind: "pan", share: 1 });
  expect(chartKey("+", true)).toEqual({ kind: "zoom", factor: 0.6 });
  expect(chartKey("End", false)).toEqual({ kind: "now" });
  expect(chartKey("x", false)).toBeNull();
});
