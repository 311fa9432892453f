import { describe, expect, test } from "vitest";
import { extentOf } from "./describe";
import { flowsheet } from "./flowsheet";
import {
  appendReading,
  gapLimit,
  lineColumns,
  nearestLimit,
  pressureColumns,
  type SeriesColumns,
  valueRange,
} from "./shape";

const minute = 60_000;
const hour = 60 * minute;

function raw(t: number[], v: number[], source: ("d" | "m")[] = t.map(() => "d")): SeriesColumns {
  return { code: "x", display: "X", unit: "/min", resolution: "raw", t, mean: v, min: v, max: v, source };
}

describe("gaps", () => {
  test("a silence of hours between readings five minutes apart breaks the line", () => {
    const t = [0, 5, 10, 15, 255, 260, 265].map((m) => m * minute);
    const columns = lineColumns(raw(t, [70, 71, 72, 73, 80, 81, 82]));
    expect(columns.mean).toEqual([70, 71, 72, 73, null, 80, 81, 82]);
    expect(columns.t[4]).toBe(135 * minute);
  });

  test("a weight once a day is a line, not a row of islands", () => {
    const t = [0, 24, 48, 72].map((h) => h * hour);
    expect(lineColumns(raw(t, [80, 81, 80, 79])).mean).toEqual([80, 81, 80, 79]);
    expect(gapLimit(t)).toBe(96 * hour);
  });

  test("two readings never break", () => {
    expect(gapLimit([0, 400 * hour])).toBe(Number.POSITIVE_INFINITY);
  });
});

test("a bucket keeps its spread, a manual reading its mark", () => {
  const hourly: SeriesColumns = {
    ...raw([0, hour], [70, 80]),
    resolution: "hour",
    min: [60, 75],
    max: [90, 88],
    source: null,
  };
  expect(lineColumns(hourly)).toMatchObject({ min: [60, 75], max: [90, 88], manual: [false, false] });
  expect(lineColumns(raw([0, hour], [70, 80], ["d", "m"])).manual).toEqual([false, true]);
});

test("systolic and diastolic meet on time, a lone half keeps its place", () => {
  const joined = pressureColumns(raw([0, hour], [120, 130]), raw([0, 2 * hour], [80, 85]));
  expect(joined.t).toEqual([0, hour, 2 * hour]);
  expect(joined.high).toEqual([120, 130, null]);
  expect(joined.low).toEqual([80, null, 85]);
});

describe("a live reading", () => {
  const series = raw([0, 10 * minute], [70, 72]);

  test("joins at the end", () => {
    expect(appendReading(series, 15 * minute, 75, "m")).toMatchObject({
      t: [0, 10 * minute, 15 * minute],
      mean: [70, 72, 75],
      source: ["d", "d", "m"],
    });
  });

  test("that was measured earlier takes its place in time", () => {
    expect(appendReading(series, 5 * minute, 75, "d").mean).toEqual([70, 75, 72]);
  });

  test("delivered twice appears once", () => {
    expect(appendReading(series, 10 * minute, 72, "d").t).toEqual(series.t);
  });

  test("leaves buckets to the server", () => {
    const hourly = { ...series, resolution: "hour" as const };
    expect(appendReading(hourly, hour, 75, "d")).toBe(hourly);
  });
});

describe("the value range", () => {
  test("takes in a limit nearby", () => {
    const [low, high] = valueRange([95, 118], { low: 50, high: 120 }, 10);
    expect(high).toBeGreaterThan(120);
    expect(low).toBeGreaterThan(80);
  });

  test("does not flatten the curve for a limit far away", () => {
    const [low, high] = valueRange([70, 74], { low: 50, high: 120 }, 10);
    expect(low).toBeGreaterThan(60);
    expect(high).toBeLessThan(80);
  });

  test("gives noise no drama: at least the least span", () => {
    const [low, high] = valueRange([36.8, 36.9], null, 1);
    expect(high - low).toBeGreaterThanOrEqual(1);
  });

  test("shows the limits when there is no value", () => {
    const [low, high] = valueRange([null], { low: 50, high: 120 }, 10);
    expect(low).toBeLessThan(50);
    expect(high).toBeGreaterThan(120);
  });
});

test("the summary counts what lies in the window only, and buckets by their spread", () => {
  const columns = { t: [0, 10, 20, 30], mean: [50, 60, 70, 90], min: [40, 55, 65, 85], max: [55, 66, 75, 99] };
  expect(extentOf(columns, { start: 10, end: 20 })).toEqual({ min: 55, max: 75, latest: 70, latestAt: 20, count: 2 });
  expect(extentOf(columns, { start: 11, end: 19 })).toBeNull();
});

test("the table has a row a minute, newest first, and says nothing outside the window", () => {
  const rows = flowsheet(
    [
      { code: "a", t: [0, 61_000, 62_000, 500_000], text: ["1", "2", "3", "9"] },
      { code: "b", t: [65_000], text: ["120/80"] },
    ],
    0,
    400_000,
    10,
  );
  expect(rows).toEqual([
    { t: minute, cells: { a: "3", b: "120/80" } },
    { t: 0, cells: { a: "1" } },
  ]);
});

test("values beyond a limit know the one that they broke", () => {
  const limits = { low: 35, high: 39 };
  expect(nearestLimit(41, 41.5, limits)).toBe(39);
  expect(nearestLimit(30, 34, limits)).toBe(35);
  expect(nearestLimit(36, 41, limits)).toBeNull();
  expect(nearestLimit(null, null, limits)).toBeNull();
  expect(nearestLimit(41, 41, { low: null, high: null })).toBeNull();
});
