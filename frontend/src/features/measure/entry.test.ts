import { expect, test } from "vitest";
import { sign, vitalSigns } from "../../testing/vitalSigns";
import { type Entry, fieldsOf, parseNumber, readEntry, typedSigns } from "./entry";

const now = Date.parse("2026-11-23T10:00:00Z");

function entry(texts: Record<string, string>, unit: string, more: Partial<Entry> = {}): Entry {
  return { texts, unit, when: "now", at: "", note: "", ...more };
}

function read(code: string, given: Entry) {
  return readEntry(sign(code), fieldsOf(sign(code), vitalSigns), given, now);
}

test("a comma and a point mean the same, grouping is refused", () => {
  expect(parseNumber("36,8")).toBe(36.8);
  expect(parseNumber(" 36.8 ")).toBe(36.8);
  expect(parseNumber("1,234.5")).toBeNull();
  expect(parseNumber("12o")).toBeNull();
});

test("parts of the pressure panel are not offered by themselves", () => {
  const codes = typedSigns(vitalSigns).map((each) => each.code);
  expect(codes).toContain("85354-9");
  expect(codes).not.toContain("8480-6");
  expect(codes).not.toContain("8478-0");
});

test("a temperature in Fahrenheit is sent in Fahrenheit and checked in Fahrenheit", () => {
  expect(read("8310-5", entry({ "8310-5": "98.6" }, "[degF]"))).toMatchObject({
    ok: true,
    observation: { code: "8310-5", value: 98.6, unit: "[degF]" },
  });
  expect(read("8310-5", entry({ "8310-5": "36.8" }, "[degF]"))).toEqual({
    ok: false,
    errors: [{ field: "8310-5", key: "tooLow", values: { limit: 50, unit: "[degF]" } }],
  });
});

test("both pressures become one observation, the upper one must be bigger", () => {
  expect(read("85354-9", entry({ "8480-6": "138", "8462-4": "88" }, "mm[Hg]"))).toMatchObject({
    ok: true,
    observation: {
      code: "85354-9",
      components: [
        { code: "8480-6", value: 138, unit: "mm[Hg]" },
        { code: "8462-4", value: 88, unit: "mm[Hg]" },
      ],
    },
  });
  expect(read("85354-9", entry({ "8480-6": "80", "8462-4": "120" }, "mm[Hg]"))).toMatchObject({
    ok: false,
    errors: [{ field: "8480-6", key: "order" }],
  });
});

test("full saturation is a value, zero heart rate is none", () => {
  expect(read("2708-6", entry({ "2708-6": "100" }, "%"))).toMatchObject({ ok: true });
  expect(read("8867-4", entry({ "8867-4": "0" }, "/min"))).toMatchObject({ ok: false });
});

test("a time in the future is refused, an earlier one is sent in UTC", () => {
  const future = entry({ "8867-4": "70" }, "/min", { when: "earlier", at: "2026-11-24T10:00" });
  expect(read("8867-4", future)).toMatchObject({ ok: false, errors: [{ field: "at", key: "future" }] });
  const past = entry({ "8867-4": "70" }, "/min", { when: "earlier", at: "2026-11-20T10:00" });
  expect(read("8867-4", past)).toMatchObject({
    ok: true,
    observation: { effective_at: new Date("2026-11-20T10:00").toISOString() },
  });
});

test("consciousness is a choice, not a number", () => {
  expect(read("67775-7", entry({ "67775-7": "V" }, ""))).toMatchObject({ ok: true, observation: { value_code: "V" } });
  expect(read("67775-7", entry({}, ""))).toMatchObject({ ok: false, errors: [{ key: "choose" }] });
});
