/** A laid-out rota as a calendar shows it: bars of persons over days, and pieces by day. Pure. */
import type { OnCallCover, OnCallRole, OnCallSpan, OnCallTeam, Person } from "../../api/types";
import { addDays, startOfDay } from "./zone";

export const roles = ["nurse", "doctor"] as const satisfies readonly OnCallRole[];
export const viewDays = 14;

/** So many colours for people stand in tokens.css. */
const colours = 8;

export interface Day {
  readonly day: string;
  readonly start: number;
  readonly end: number;
}

/** One person, or nobody, on call in a role from when to when. */
export interface Bar {
  readonly role: OnCallRole;
  readonly person: Person | null;
  readonly start: number;
  readonly end: number;
  readonly cover: OnCallCover | null;
}

export interface PlacedBar extends Bar {
  /** In days from the first one, with fractions. */
  readonly left: number;
  readonly width: number;
  readonly row: number;
  readonly before: boolean;
  readonly after: boolean;
}

export function daysFrom(first: string, count: number, zone: string): Day[] {
  return Array.from({ length: count }, (_, index) => {
    const day = addDays(first, index);
    return { day, start: startOfDay(day, zone), end: startOfDay(addDays(day, 1), zone) };
  });
}

/** The bars of one role, in order of time. A person's bar goes on while others beside them change. */
export function barsOf(spans: readonly OnCallSpan[], team: OnCallTeam, role: OnCallRole): Bar[] {
  const bars: Bar[] = [];
  for (const span of spans) {
    if (span.role !== role) continue;
    const people = span.people.length > 0 ? span.people : [null];
    for (const person of people) {
      for (const piece of cutByCover(span, person, team)) {
        const going = bars.findIndex(
          (bar) => bar.end === piece.start && bar.person?.id === piece.person?.id && bar.cover?.id === piece.cover?.id,
        );
        const before = bars[going];
        if (before) bars[going] = { ...before, end: piece.end };
        else bars.push(piece);
      }
    }
  }
  return bars.sort((a, b) => a.start - b.start);
}

function cutByCover(span: OnCallSpan, person: Person | null, team: OnCallTeam): Bar[] {
  const start = Date.parse(span.start);
  const end = Date.parse(span.end);
  const covers = team.cover.filter((cover) => cover.role === span.role && cover.person.id === person?.id);
  const edges = new Set([start, end]);
  for (const cover of covers) {
    for (const at of [Date.parse(cover.start), Date.parse(cover.end)]) if (at > start && at < end) edges.add(at);
  }
  const sorted = [...edges].sort((a, b) => a - b);
  return sorted.slice(1).map((right, index) => {
    const left = sorted[index] ?? start;
    const cover = covers.find((each) => Date.parse(each.start) <= left && left < Date.parse(each.end)) ?? null;
    return { role: span.role, person, start: left, end: right, cover };
  });
}

/** Where an instant lies among the days: 1.5 is noon of the second one, also on days of 23 or 25 hours. */
function placeOf(at: number, days: readonly Day[]): number {
  const index = days.findIndex((day) => at < day.end);
  const day = days[index];
  if (!day) return days.length;
  return index + Math.max(0, (at - day.start) / (day.end - day.start));
}

/** The bars that touch `days`, cut to them, each in the first row in which it overlaps no other. */
export function placed(bars: readonly Bar[], days: readonly Day[]): PlacedBar[] {
  const first = days[0]?.start ?? 0;
  const last = days.at(-1)?.end ?? 0;
  const rowEnds: number[] = [];
  return bars
    .filter((bar) => bar.start < last && bar.end > first)
    .map((bar) => {
      const left = placeOf(Math.max(bar.start, first), days);
      const right = placeOf(Math.min(bar.end, last), days);
      const free = rowEnds.findIndex((end) => end <= left);
      const row = free === -1 ? rowEnds.length : free;
      rowEnds[row] = right;
      return { ...bar, left, width: right - left, row, before: bar.start < first, after: bar.end > last };
    });
}

/** What of the bars lies in one day. */
export function piecesOf(bars: readonly Bar[], day: Day): Bar[] {
  return bars
    .filter((bar) => bar.start < day.end && bar.end > day.start)
    .map((bar) => ({ ...bar, start: Math.max(bar.start, day.start), end: Math.min(bar.end, day.end) }));
}

export interface Standing {
  readonly people: readonly Person[];
  /** When that changes; null: not within what is laid out. */
  readonly until: number | null;
  readonly next: { readonly people: readonly Person[]; readonly at: number } | null;
}

/** Who is on call in a role now, until when, and who comes next. */
export function standing(spans: readonly OnCallSpan[], role: OnCallRole, now: number): Standing {
  const lane = spans.filter((span) => span.role === role);
  const index = lane.findIndex((span) => Date.parse(span.start) <= now && now < Date.parse(span.end));
  const next = index === -1 ? undefined : lane[index + 1];
  return {
    people: lane[index]?.people ?? [],
    until: next ? Date.parse(next.start) : null,
    next: next ? { people: next.people, at: Date.parse(next.start) } : null,
  };
}

/** Whose colour is which: people of a team keep theirs, whatever part of the rota is on screen. */
export function colourOf(team: OnCallTeam): (personId: string) => number {
  const ids = [...team.shifts.flatMap((shift) => shift.people), ...team.cover.map((cover) => cover.person)].map(
    ({ id }) => id,
  );
  const order = [...new Set(ids)];
  return (personId) => Math.max(0, order.indexOf(personId)) % colours;
}
