import i18next from "i18next";
import { expect, test } from "vitest";
import { chosenDays, freeId, moved, newDraft, type ShiftDraft } from "./draft";
import { countdownText, delayText, kindText, momentText, shiftSentence, spanText, timesText } from "./words";

const t = i18next.getFixedT("en", "oncall");
const base: ShiftDraft = {
  id: "shift-1",
  role: "nurse",
  people: [],
  turns: "together",
  turns_from: "2026-11-23",
  weekdays: null,
  start: "19:00",
  end: "07:00",
};

test("a shift is said in one plain sentence", () => {
  const say = (more: Partial<ShiftDraft>, names: string[]) => shiftSentence({ ...base, ...more }, names, t);
  expect(say({}, ["Bob"])).toBe("Every day from 19:00 to 07:00 the next day, Bob is on call as nurse.");
  expect(say({ end: "23:00", weekdays: ["mon", "tue", "wed", "thu", "fri"] }, ["Bob", "Nina"])).toBe(
    "Monday to Friday from 19:00 to 23:00, Bob and Nina are on call together as nurses.",
  );
  expect(say({ turns: "daily", weekdays: ["sat", "sun"] }, ["Bob", "Nina"])).toBe(
    "On Saturday and Sunday from 19:00 to 07:00 the next day, one nurse is on call. Bob and Nina take turns by day; Bob begins on Nov 23, 2026.",
  );
  expect(say({ turns: "weekly", role: "doctor", start: "08:00", end: "08:00" }, ["Dana", "Erik"])).toContain(
    "from 08:00 to 08:00 the next day, one doctor is on call. Dana and Erik take turns by week",
  );
  expect(say({}, [])).toContain("nobody is on call as nurse yet");
});

test("delays, kinds and countdowns are said in words", () => {
  expect([0, 5, 60, 90].map((minutes) => delayText(minutes, t))).toEqual([
    "at once",
    "after 5 minutes",
    "after 1 hour",
    "after 1 hour 30 minutes",
  ]);
  expect(kindText("out_of_range", t)).toBe("value out of range");
  expect(kindText("fall_detected", t)).toBe("fall detected");
  expect([200_000, 3_800_000, -1].map(countdownText)).toEqual(["3:20", "1:03:20", "0:00"]);
});

test("moments are on the team's clock, and carry their day when it is another", () => {
  const now = Date.UTC(2026, 10, 23, 22, 30);
  const hour = 3_600_000;
  expect(momentText(now, "UTC", now)).toBe("22:30");
  expect(momentText(now + 2 * hour, "UTC", now)).toBe("Tue 00:30");
  expect(momentText(now, "Europe/Berlin", now)).toBe("23:30");
  expect(momentText(now + 9 * 24 * hour, "UTC", now)).toBe("Wed, Dec 2, 22:30");
  expect(spanText(now, now + 2 * hour, "UTC", t)).toBe("Mon, Nov 23, 22:30 to Tue, Nov 24, 00:30");
  const midnight = Date.UTC(2026, 10, 23);
  expect(timesText(midnight, midnight + 24 * hour, "UTC", t)).toBe("all day");
  expect(timesText(midnight + 19 * hour, midnight + 24 * hour, "UTC", t)).toBe("19:00 to 24:00");
});

test("all seven weekdays and none mean every day", () => {
  expect(chosenDays([])).toBeNull();
  expect(chosenDays(["sun", "sat", "fri", "thu", "wed", "tue", "mon"])).toBeNull();
  expect(chosenDays(["fri", "mon"])).toEqual(["mon", "fri"]);
});

test("what is moved stays within the list, and new ids are free", () => {
  expect(moved(["a", "b", "c"], 2, -1)).toEqual(["a", "c", "b"]);
  expect(moved(["a", "b", "c"], 0, -1)).toEqual(["a", "b", "c"]);
  expect(freeId("shift", ["shift-1", "shift-3"])).toBe("shift-4");
  expect(freeId("shift", ["shift-2"])).toBe("shift-3");
  expect(newDraft("UTC", []).for_everybody).toBe(true);
});
