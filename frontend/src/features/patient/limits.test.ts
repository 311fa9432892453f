import { describe, expect, test } from "vitest";
import type { AlertRule } from "../../api/types";
import { ago, hour, minute, observation } from "../../testing/clinical";
import { initials } from "./IdentityHeader";
import { hasManners, isChanged, problemOf, rowOf, rulesToSend } from "./limits";
import { mergeHeld } from "./MeasurementsTab";

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
});

describe("held-back readings in the list", () => {
  const filter = { code: null, days: 7 };
  const rows = [observation({ effective_at: ago(minute) }), observation({ id: "o2", effective_at: ago(hour) })];
  const held = observation({ id: "h", status: "quarantined", effective_at: ago(30 * minute) });
  const old = observation({ id: "h2", status: "quarantined", effective_at: ago(3 * hour) });

  test("stand in their place of time, each once", () => {
    expect(mergeHeld([...rows, held], [held], filter, true).map(({ id }) => id)).toEqual(["o1", "h", "o2"]);
  });

  test("older than the loaded rows wait for their page", () => {
    expect(mergeHeld(rows, [held, old], filter, false).map(({ id }) => id)).toEqual(["o1", "h", "o2"]);
    expect(mergeHeld(rows, [old], filter, true).map(({ id }) => id)).toEqual(["o1", "o2", "h2"]);
  });

  test("follow the chosen vital sign", () => {
    expect(mergeHeld(rows, [held], { ...filter, code: "8310-5" }, true)).toHaveLength(2);
  });
});

test("initials are the first and the last name's, whatever the alphabet", () => {
  expect(initials("Anna Maria van der Berg")).toBe("AB");
  expect(initials("Плато́н")).toBe("П");
  expect(initials("  ")).toBe("");
});
