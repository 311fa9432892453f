import { describe, expect, test } from "vitest";
import { ago, hour, observation } from "../../testing/clinical";
import { vitalSigns } from "../../testing/vitalSigns";
import { withLatest } from "./latest";
import { panelCodeOf, panelsFor } from "./panels";
import { readingText } from "./readingText";
import { timeLabels } from "./timeLabels";
import { panelLimits } from "./useChartContext";

const pressure = () => {
  const [panel] = panelsFor(vitalSigns, new Set(["85354-9"]));
  return panel ?? expect.fail("no panel");
};

test("panels follow the table's order; a code without numbers and a component have none of their own", () => {
  const panels = panelsFor(vitalSigns, new Set(["8310-5", "67775-7", "8480-6", "8867-4"]));
  expect(panels.map((panel) => panel.code)).toEqual(["8867-4", "8310-5"]);
});

test("blood pressure draws systolic over diastolic, and an alert on either finds it", () => {
  expect(pressure()).toMatchObject({ series: ["8480-6", "8462-4"], unit: "mm[Hg]" });
  expect(panelCodeOf(vitalSigns, "8462-4")).toBe("85354-9");
  expect(panelCodeOf(vitalSigns, "8867-4")).toBe("8867-4");
});

test("a patient's own limits go before the usual ones", () => {
  const own = {
    code: "8480-6",
    display: "",
    unit: "mm[Hg]",
    low: 100,
    high: 140,
    critical_low: null,
    critical_high: null,
    duration_s: 0,
    hysteresis: 0,
    latching: true,
    rate: null,
    source: "patient" as const,
    template: null,
    source_title: null,
  };
  expect(panelLimits(pressure(), [own], vitalSigns)).toEqual({
    shaded: [
      { low: 100, high: 140 },
      { low: 50, high: 90 },
    ],
    range: { low: 50, high: 140 },
  });
});

describe("the newest reading", () => {
  const latest = { items: [observation()] };

  test("replaces an older one of its code and joins when it is the first", () => {
    const fresh = observation({ id: "o2", effective_at: ago(0) });
    const first = observation({ id: "o3", code: "8310-5" });
    expect(withLatest(latest, fresh).items).toEqual([fresh]);
    expect(withLatest(latest, first).items).toHaveLength(2);
  });

  test("is not one that came late, nor one that is held back", () => {
    expect(withLatest(latest, observation({ id: "o2", effective_at: ago(hour) }))).toBe(latest);
    expect(withLatest(latest, observation({ id: "o2", effective_at: ago(0), status: "quarantined" }))).toBe(latest);
  });
});

test("a meter's HI and LO, a code and a missing value are never a number", () => {
  expect(readingText(observation({ value: null, data_absent_reason: "positive-infinity" }))).toBe("HI");
  expect(readingText(observation({ value: null, data_absent_reason: "negative-infinity" }))).toBe("LO");
  expect(readingText(observation({ value: null, value_code: "C" }))).toBe("C");
  expect(readingText(observation({ value: null, data_absent_reason: "error" }))).toBe("–");
  const parts = [138, null].map((value, i) => ({
    code: String(i),
    display: "",
    value,
    unit: "mm[Hg]",
    data_absent_reason: null,
  }));
  expect(readingText(observation({ value: null, components: parts }), 0)).toBe("138/–");
});

describe("labels of the time axis", () => {
  const at = (text: string) => new Date(text).getTime() / 1000;
  const now = new Date("2026-11-23T12:00:00").getTime();

  test("hours carry the day where it begins", () => {
    const marks = ["2026-11-22T18:00:00", "2026-11-23T00:00:00", "2026-11-23T06:00:00"].map(at);
    expect(timeLabels(marks, 6 * 3600, now)).toEqual(["18:00\nSun, Nov 22", "00:00\nMon, Nov 23", "06:00"]);
  });

  test("months carry the year unless it is the running one", () => {
    const marks = ["2025-12-01T00:00:00", "2026-01-01T00:00:00", "2026-02-01T00:00:00"].map(at);
    expect(timeLabels(marks, 30 * 86_400, now)).toEqual(["Dec\n2025", "Jan\n2026", "Feb"]);
    expect(timeLabels(marks.slice(2), 30 * 86_400, now)).toEqual(["Feb"]);
  });
});
