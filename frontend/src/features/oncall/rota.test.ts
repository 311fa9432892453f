import { expect, test } from "vitest";
import { hour, now } from "../../testing/clinical";
import { ahead, bob, dana, layout, nina, team } from "../../testing/onCall";
import { barsOf, colourOf, daysFrom, piecesOf, placed, standing } from "./rota";
import { addDays, dayOf, instantOf, startOfDay, wallTime } from "./zone";

const berlin = "Europe/Berlin";

test("wall times and instants convert there and back, in summer and winter", () => {
  expect(wallTime(Date.UTC(2026, 10, 23, 10), berlin)).toBe("2026-11-23T11:00");
  expect(wallTime(Date.UTC(2026, 6, 23, 10), berlin)).toBe("2026-07-23T12:00");
  for (const at of [Date.UTC(2026, 10, 23, 10), Date.UTC(2026, 6, 23, 23, 30)]) {
    for (const zone of [berlin, "America/New_York", "Asia/Kolkata", "UTC"]) {
      expect(instantOf(wallTime(at, zone), zone)).toBe(at);
    }
  }
  expect(instantOf("", berlin)).toBeNaN();
});

test("an hour that the clocks show twice is its first, one that they skip lies an hour on", () => {
  expect(instantOf("2026-10-25T02:30", berlin)).toBe(Date.UTC(2026, 9, 25, 0, 30));
  expect(wallTime(instantOf("2026-03-29T02:30", berlin), berlin)).toBe("2026-03-29T03:30");
});

test("days are as long as the zone makes them", () => {
  const [short, long] = ["2026-03-29", "2026-10-25"].map((day) => daysFrom(day, 1, berlin)[0]);
  expect([short, long].map((day) => ((day?.end ?? 0) - (day?.start ?? 0)) / hour)).toEqual([23, 25]);
  expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
  expect(dayOf(Date.UTC(2026, 10, 23, 23, 30), berlin)).toBe("2026-11-24");
});

test("noon lies in the middle of its day, on a day of 25 hours too", () => {
  const days = daysFrom("2026-10-25", 7, berlin);
  const noon = instantOf("2026-10-26T12:00", berlin);
  const bars = [{ role: "nurse" as const, person: bob, start: days[0]?.start ?? 0, end: noon, cover: null }];
  expect(placed(bars, days)[0]).toMatchObject({ left: 0, width: 1.5, before: false, after: false });
});

test("people who are on call at the same time stand under each other, and go on while others change", () => {
  const spans = [
    { role: "nurse" as const, start: ahead(0), end: ahead(hour), people: [bob, nina] },
    { role: "nurse" as const, start: ahead(hour), end: ahead(2 * hour), people: [nina] },
    { role: "nurse" as const, start: ahead(2 * hour), end: ahead(3 * hour), people: [] },
  ];
  const bars = barsOf(spans, team(), "nurse");
  expect(bars.map((bar) => [bar.person?.name ?? null, (bar.end - bar.start) / hour])).toEqual([
    ["Bob Lind", 1],
    ["Nina Costa", 2],
    [null, 1],
  ]);
  expect(placed(bars, daysFrom("2026-11-23", 7, "UTC")).map(({ row }) => row)).toEqual([0, 1, 0]);
});

test("a bar is cut where cover begins and ends", () => {
  const cover = {
    id: "cv",
    role: "nurse" as const,
    person: bob,
    instead_of: nina,
    start: ahead(hour),
    end: ahead(2 * hour),
    note: "",
    by: bob,
  };
  const spans = [{ role: "nurse" as const, start: ahead(0), end: ahead(3 * hour), people: [bob] }];
  const bars = barsOf(spans, team({ cover: [cover] }), "nurse");
  expect(bars.map((bar) => bar.cover?.id ?? null)).toEqual([null, "cv", null]);
});

test("a day shows what of each bar lies in it", () => {
  const [today, tomorrow] = daysFrom("2026-11-23", 2, "UTC");
  const bars = barsOf(layout().spans, team(), "nurse");
  if (!today || !tomorrow) throw new Error("two days were asked for");
  expect(piecesOf(bars, today).map((bar) => [bar.person?.name, (bar.end - bar.start) / hour])).toEqual([
    ["Bob Lind", 19],
    ["Nina Costa", 5],
  ]);
  expect(piecesOf(bars, tomorrow)).toHaveLength(1);
  expect(startOfDay("2026-11-23", "UTC")).toBe(now - 10 * hour);
});

test("who is on call now, until when, and who then", () => {
  const { spans } = layout();
  expect(standing(spans, "nurse", now)).toEqual({
    people: [bob],
    until: now + 9 * hour,
    next: { people: [nina], at: now + 9 * hour },
  });
  expect(standing(spans, "doctor", now).people).toEqual([]);
  expect(standing(spans, "doctor", now + 5 * hour)).toEqual({ people: [dana], until: null, next: null });
});

test("people keep their colour whatever part of the rota is on screen", () => {
  const colour = colourOf(team());
  expect([bob, nina, dana].map(({ id }) => colour(id))).toEqual([0, 1, 2]);
});
