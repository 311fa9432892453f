import { expect, test } from "vitest";
import { worldAt, worldsOf } from "../app/worlds";
import { observation } from "../testing/clinical";
import { vitalSigns } from "../testing/vitalSigns";
import { formatAge, formatDate, formatInstant, formatNumber, formatObservation, formatUnit } from "./format";
import { observationPlace, placeOf, rangeOf } from "./ranges";
import { convert } from "./units";

const minute = 60_000;

test("ages are said in the unit that fits", () => {
  expect([0, 4 * minute, 90 * minute, 47 * 60 * minute, 73 * 60 * minute].map(formatAge)).toEqual([
    "now",
    "4 min",
    "1 h",
    "47 h",
    "3 d",
  ]);
});

test("a birth date is the same day in every time zone", () => {
  expect(formatDate("1946-02-01")).toBe("Feb 1, 1946");
});

test("an instant of another day carries its day, of another year its year", () => {
  const now = new Date(2026, 10, 23, 12, 0).getTime();
  expect(formatInstant(new Date(2026, 10, 23, 9, 5).getTime(), now)).toBe("09:05");
  expect(formatInstant(new Date(2026, 10, 22, 9, 5).getTime(), now)).toBe("Nov 22, 09:05");
  expect(formatInstant(new Date(2025, 10, 22, 9, 5).getTime(), now)).toBe("Nov 22, 2025, 09:05");
});

test("units are written as people write them", () => {
  expect(["Cel", "mm[Hg]", "/min", "mg/dL", null].map(formatUnit)).toEqual(["°C", "mmHg", "/min", "mg/dL", ""]);
  expect(formatNumber(36, 1)).toBe("36.0");
});

test("a meter's HI is said, never shown as a number or as nothing", () => {
  const high = observation({ value: null, data_absent_reason: "positive-infinity" });
  expect(formatObservation(high)).toContain("HI");
  expect(observationPlace(high, () => ({ low: 70, high: 180 }))).toBe("above");
});

test("units convert there and back", () => {
  expect(convert(37, "Cel", "[degF]")).toBeCloseTo(98.6);
  expect(convert(98.6, "[degF]", "Cel")).toBeCloseTo(37);
  expect(convert(100, "mg/dL", "mmol/L")).toBeCloseTo(5.55, 2);
  expect(convert(1, "kg", "mg/dL")).toBeNull();
});

test("the bounds of a range are within it", () => {
  const range = { low: 50, high: 120 };
  expect([49.9, 50, 120, 120.1].map((value) => placeOf(value, range))).toEqual(["below", "within", "within", "above"]);
  expect(placeOf(1, { low: null, high: null })).toBeNull();
});

test("the patient's own limits come before the usual ones", () => {
  const own = {
    code: "8867-4",
    display: "",
    unit: "/min",
    low: 40,
    high: 90,
    critical_low: null,
    critical_high: null,
    duration_s: 0,
    hysteresis: 0,
    latching: true,
    rate: null,
    source: "patient",
    template: null,
    source_title: null,
  } as const;
  expect(rangeOf("8867-4", [own], vitalSigns)).toEqual({ low: 40, high: 90 });
  expect(rangeOf("8867-4", [], vitalSigns)).toEqual({ low: 50, high: 120 });
});

test("a held-back value has no place in a range", () => {
  expect(
    observationPlace(observation({ value: 300, status: "quarantined" }), () => ({ low: 50, high: 120 })),
  ).toBeNull();
});

test("who holds several roles lives in several worlds, the page decides which is on screen", () => {
  expect(worldsOf(["nurse", "admin", "patient"])).toEqual(["professional", "patient", "admin"]);
  expect(worldAt("/admin/people", ["nurse", "admin"], "professional")).toBe("admin");
  expect(worldAt("/devices", ["nurse", "admin"], "admin")).toBe("admin");
  expect(worldAt("/admin/people", ["nurse"], null)).toBe("professional");
  expect(worldAt("/", [], null)).toBeNull();
});
