import { describe, expect, test } from "vitest";
import type { AlertRule } from "../../api/types";
import { hasManners, isChanged, problemOf, rowOf, rulesToSend } from "./limits";

const rule = (code: string, more: Partial<AlertRule> = {}): AlertRule => ({
  code,
  display: code,
  unit: "/min",
  low: 50,
  high: 120,
  critical_low: 40,
  critical_high: null,
  duration_s: 0,
  hysteresis: 0,
  latching: true,
  rate: null,
  source: "default",
  template: null,
  source_title: null,
  ...more,
});

describe("limits", () => {
  const row = rowOf(rule("a"));

  test("must rise, and may be left out", () => {
    expect(problemOf(row, null)).toBeNull();
    expect(problemOf({ ...row, low: 130 }, null)).toBe("order");
    expect(problemOf({ ...row, critical_low: 60 }, null)).toBe("order");
    expect(problemOf({ ...row, low: null, high: null, critical_low: null, critical_high: null }, null)).toBeNull();
  });

  test("leave a range to come back to", () => {
    expect(problemOf({ ...row, hysteresis: 34 }, null)).toBeNull();
    expect(problemOf({ ...row, hysteresis: 35 }, null)).toBe("hysteresis");
  });

  test("are changed by how the alert behaves too", () => {
    const rate = { change: 2, hours: 72, direction: "up" as const };
    for (const manners of [{ duration_s: 60 }, { hysteresis: 1 }, { latching: false }, { rate }]) {
      expect(isChanged(rule("a"), new Map([["a", { ...row, ...manners }]]))).toBe(true);
      expect(hasManners({ ...row, ...manners })).toBe(true);
    }
    expect(hasManners(row)).toBe(false);
    expect(isChanged(rule("a", { rate }), new Map([["a", { ...row, rate: { ...rate } }]]))).toBe(false);
  });

  test("must lie where a value can be", () => {
    expect(problemOf({ ...row, critical_high: 900 }, { min: 0, max: 300 })).toBe("outside");
  });

  test("typed back to what they were are no change", () => {
    expect(isChanged(rule("a"), new Map([["a", { ...row }]]))).toBe(false);
    expect(isChanged(rule("a"), new Map([["a", { ...row, high: null }]]))).toBe(true);
  });

  test("are sent for what is the patient's own, not for the hospital's", () => {
    const rules = [rule("a"), rule("b", { source: "patient" }), rule("c")];
    const edits = new Map([["c", { ...row, high: 110 }]]);
    expect(rulesToSend(rules, edits)).toEqual([
      { code: "b", ...row },
      { code: "c", ...row, high: 110 },
    ]);
  });

  test("that the patient gives up are not sent", () => {
    const own = rule("b", { source: "patient" });
    expect(rulesToSend([own], new Map([["b", null]]))).toEqual([]);
    expect(isChanged(own, new Map([["b", null]]))).toBe(true);
    expect(isChanged(rule("a"), new Map([["a", null]]))).toBe(false);
  });
});
