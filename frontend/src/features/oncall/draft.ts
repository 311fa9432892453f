/** A team while it is edited, and what is sent of it. Pure. */
import type { OnCallRole, OnCallTeam, OnCallTeamInput } from "../../api/types";
import { weekdays } from "./words";

export type ShiftDraft = OnCallTeamInput["shifts"][number];
export type TeamDraft = OnCallTeamInput;

export function draftOf(team: OnCallTeam): TeamDraft {
  return {
    title: team.title,
    time_zone: team.time_zone,
    for_everybody: team.for_everybody,
    wards: team.wards,
    patient_ids: team.patient_ids,
    shifts: team.shifts.map((shift) => ({ ...shift, people: shift.people.map(({ id }) => id) })),
    revision: team.revision,
  };
}

/** The first team looks after everybody, as long as nobody else does. */
export function newDraft(timeZone: string, others: readonly OnCallTeam[]): TeamDraft {
  return {
    title: "",
    time_zone: timeZone,
    for_everybody: !others.some((team) => team.for_everybody),
    wards: [],
    patient_ids: [],
    shifts: [],
  };
}

/** "shift-3": the first that is free. */
export function freeId(start: string, taken: readonly string[]): string {
  let number = taken.length + 1;
  while (taken.includes(`${start}-${number}`)) number += 1;
  return `${start}-${number}`;
}

export function newShift(role: OnCallRole, shifts: readonly ShiftDraft[], today: string): ShiftDraft {
  return {
    id: freeId(
      "shift",
      shifts.map(({ id }) => id),
    ),
    role,
    people: [],
    turns: "together",
    turns_from: today,
    weekdays: null,
    start: "08:00",
    end: "08:00",
  };
}

/** All seven and none mean the same: every day. */
export function chosenDays(days: readonly string[]): ShiftDraft["weekdays"] {
  const chosen = weekdays.filter((day) => days.includes(day));
  return chosen.length === 0 || chosen.length === weekdays.length ? null : chosen;
}

/** `items` with the one at `from` by `by` places further on. */
export function moved<T>(items: readonly T[], from: number, by: number): T[] {
  const rest = items.filter((_, index) => index !== from);
  const item = items[from];
  if (item === undefined) return [...items];
  rest.splice(Math.min(Math.max(from + by, 0), rest.length), 0, item);
  return rest;
}
