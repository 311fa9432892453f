/** A team with its rota, a climb and ladders for tests: Bob is the nurse on call, Dana the doctor. */
import type { Climb, Ladders, OnCallLayout, OnCallSpan, OnCallTeam } from "../api/types";
import { ago, hour, minute, now } from "./clinical";

export const bob = { id: "u-bob", name: "Bob Lind" };
export const nina = { id: "u-nina", name: "Nina Costa" };
export const dana = { id: "u-dana", name: "Dana Okafor" };

export const colleagues = {
  items: [
    { ...bob, username: "bob", roles: ["nurse"] },
    { ...nina, username: "nina", roles: ["nurse"] },
    { ...dana, username: "dana", roles: ["doctor"] },
  ],
  next: null,
};

/** An instant so many ms from now. */
export function ahead(ms: number): string {
  return ago(-ms);
}

export function team(more: Partial<OnCallTeam> = {}): OnCallTeam {
  return {
    id: "tm_1",
    title: "Ward team",
    time_zone: "UTC",
    for_everybody: true,
    wards: ["West"],
    patient_ids: [],
    shifts: [
      {
        id: "night",
        role: "nurse",
        people: [bob, nina],
        turns: "daily",
        turns_from: "2026-11-23",
        weekdays: null,
        start: "19:00",
        end: "07:00",
      },
      {
        id: "doctors",
        role: "doctor",
        people: [dana],
        turns: "together",
        turns_from: "2026-11-23",
        weekdays: ["mon", "tue", "wed", "thu", "fri"],
        start: "08:00",
        end: "16:00",
      },
    ],
    cover: [],
    revision: 3,
    ...more,
  };
}

/** Ten o'clock on Monday: Bob until 19:00, then Nina; no doctor until 14:00, then Dana. */
export function layout(first = now - 10 * hour, last = now + (14 * 24 - 10) * hour): OnCallLayout {
  const at = (ms: number) => new Date(ms).toISOString();
  const span = (role: OnCallSpan["role"], start: number, end: number, people: OnCallSpan["people"]): OnCallSpan => ({
    role,
    start: at(start),
    end: at(end),
    people,
  });
  return {
    time_zone: "UTC",
    spans: [
      span("nurse", first, now + 9 * hour, [bob]),
      span("nurse", now + 9 * hour, last, [nina]),
      span("doctor", first, now + 4 * hour, []),
      span("doctor", now + 4 * hour, last, [dana]),
    ],
  };
}

export function climb(more: Partial<Climb> = {}): Climb {
  return {
    state: "running",
    steps: [
      { after_minutes: 0, tell: ["on_call_nurse"], due_at: ago(2 * minute), taken: true },
      { after_minutes: 5, tell: ["on_call_doctor"], due_at: ahead(3 * minute + 20_000), taken: false },
    ],
    repeats: 0,
    next_at: ahead(3 * minute + 20_000),
    told: [bob],
    reached: true,
    ...more,
  };
}

export const ladders: Ladders = {
  ladders: [
    {
      id: "device",
      title: "Silent device",
      kinds: ["device_silent"],
      priorities: null,
      steps: [{ after_minutes: 0, tell: ["admins"] }],
      repeat_minutes: null,
    },
    {
      id: "high",
      title: "All others",
      kinds: null,
      priorities: ["high", "medium"],
      steps: [
        { after_minutes: 0, tell: ["on_call_nurse"] },
        { after_minutes: 90, tell: ["on_call_doctor", "care_team"] },
      ],
      repeat_minutes: 5,
    },
  ],
  revision: 2,
};
