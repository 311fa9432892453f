import { describe, expect, test } from "vitest";
import { alert } from "../../testing/clinical";
import { callingOf, callsAnew, loudnessOf } from "./calling";

const loud = { volume: 80, low: true };
const high = alert();
const low = alert({ id: "a2", priority: "low" });

test("only what nobody has acknowledged, snoozed or resolved calls, the most urgent first", () => {
  const others = (["acknowledged", "snoozed", "resolved"] as const).map((status) => alert({ id: status, status }));
  expect(callingOf([low, ...others, high]).map(({ id }) => id)).toEqual(["a1", "a2"]);
});

describe("an alert calls anew", () => {
  test("when it was not known, or called nobody, or was less urgent", () => {
    expect(callsAnew(undefined, high)).toBe(true);
    expect(callsAnew(alert({ status: "acknowledged" }), high)).toBe(true);
    expect(callsAnew(alert({ status: "snoozed" }), high)).toBe(true);
    expect(callsAnew(alert({ priority: "medium" }), high)).toBe(true);
  });

  test("not with every reading, nor when it becomes less urgent or is taken on", () => {
    expect(callsAnew(high, alert({ count: 4 }))).toBe(false);
    expect(callsAnew(high, alert({ priority: "medium" }))).toBe(false);
    expect(callsAnew(high, alert({ status: "acknowledged" }))).toBe(false);
  });
});

describe("what is heard", () => {
  test("the most urgent priority, in the tab that leads", () => {
    expect(loudnessOf([low, high], loud, "ready", true, false)).toEqual({ hearing: "sounding", priority: "high" });
    expect(loudnessOf([low, high], loud, "ready", false, false).hearing).toBe("elsewhere");
  });

  test("nothing without alerts, before a click, or in a pause", () => {
    expect(loudnessOf([], loud, "ready", true, false).hearing).toBe("silent");
    expect(loudnessOf([high], loud, "blocked", true, false).hearing).toBe("blocked");
    expect(loudnessOf([high], loud, "ready", true, true).hearing).toBe("paused");
  });

  test("low priority is silent for who wants that, high never is", () => {
    const quiet = { volume: 20, low: false };
    expect(loudnessOf([low], quiet, "ready", true, false)).toEqual({ hearing: "muted", priority: null });
    expect(loudnessOf([low, high], quiet, "ready", true, false).hearing).toBe("sounding");
  });
});
