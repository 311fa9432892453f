import { describe, expect, test } from "vitest";
import type { Priority } from "../api/types";
import { mostUrgent, patternOf, samplesOf } from "./alarmPattern";

function gaps(priority: Priority): number[] {
  const { pulses } = patternOf(priority);
  return pulses.slice(1).map((pulse, i) => {
    const before = pulses[i] ?? pulse;
    return Number((pulse.startS - before.startS - before.lengthS).toFixed(3));
  });
}

function restS(priority: Priority): number {
  const { pulses, periodS } = patternOf(priority);
  const last = pulses.at(-1);
  return periodS - (last?.startS ?? 0) - (last?.lengthS ?? 0);
}

describe("patterns after IEC 60601-1-8", () => {
  test("high is three and two pulses, and again", () => {
    const [x1, x2, third, x4, halves, ...rest] = gaps("high");
    const { pulses } = patternOf("high");
    expect(pulses).toHaveLength(10);
    for (const { lengthS } of pulses) expect(lengthS >= 0.075 && lengthS <= 0.2).toBe(true);
    expect([x1, x2, x4]).toEqual([0.1, 0.1, 0.1]);
    // Twice the spacing and a pulse.
    expect(third).toBeCloseTo(2 * 0.1 + 0.15);
    expect(halves).toBeGreaterThanOrEqual(0.35);
    expect(halves).toBeLessThanOrEqual(1.3);
    expect(rest).toEqual([x1, x2, third, x4]);
  });

  test("medium is three pulses, low two", () => {
    for (const [priority, count] of [
      ["medium", 3],
      ["low", 2],
    ] as const) {
      expect(patternOf(priority).pulses).toHaveLength(count);
      for (const { lengthS } of patternOf(priority).pulses) expect(lengthS >= 0.125 && lengthS <= 0.25).toBe(true);
      for (const gap of gaps(priority)) expect(gap >= 0.125 && gap <= 0.25).toBe(true);
    }
  });

  test("bursts come again after the standard's intervals, the urgent ones sooner", () => {
    expect(restS("high")).toBeGreaterThanOrEqual(2.5);
    expect(restS("high")).toBeLessThanOrEqual(15);
    expect(restS("medium")).toBeGreaterThanOrEqual(2.5);
    expect(restS("medium")).toBeLessThanOrEqual(30);
    expect(restS("low")).toBeGreaterThanOrEqual(15);
    expect(restS("high")).toBeLessThan(restS("medium"));
  });
});

test("what is heard is the pulses, loud and unclipped, and silence between them", () => {
  const rate = 8_000;
  const pattern = patternOf("high");
  const samples = samplesOf(pattern, rate);
  expect(samples).toHaveLength(rate * pattern.periodS);
  const loudest = (fromS: number, toS: number) =>
    samples.slice(Math.round(fromS * rate), Math.round(toS * rate)).reduce((max, x) => Math.max(max, Math.abs(x)), 0);
  for (const { startS, lengthS } of pattern.pulses) {
    expect(loudest(startS, startS + lengthS)).toBeGreaterThan(0.4);
    expect(loudest(startS, startS + lengthS)).toBeLessThanOrEqual(1);
    expect(loudest(startS + lengthS + 0.001, startS + lengthS + 0.099)).toBe(0);
    // It rises, and does not click.
    expect(loudest(startS, startS + 0.002)).toBeLessThan(0.15);
  }
  expect(loudest(3.5, 8)).toBe(0);
});

test("of several priorities the most urgent sounds", () => {
  expect(mostUrgent(["low", "high", "medium"])).toBe("high");
  expect(mostUrgent(["low", "medium"])).toBe("medium");
  expect(mostUrgent([])).toBeNull();
});
