/** Moments, delays, targets and shifts in words. Times are on the team's clock. */
import i18next, { type TFunction } from "i18next";
import type { LadderTarget, OnCallTeamInput, Person } from "../../api/types";
import { formatDate } from "../../lib/format";
import { addDays, dayOf, wallTime } from "./zone";

type Words = TFunction<"oncall">;
type Shift = OnCallTeamInput["shifts"][number];

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export const targets = [
  "on_call_nurse",
  "on_call_doctor",
  "care_team",
  "whole_team",
  "all_nurses",
  "all_doctors",
  "admins",
] as const satisfies readonly LadderTarget[];

const language = (): string => i18next.resolvedLanguage ?? "en";

export function listText(words: readonly string[]): string {
  return new Intl.ListFormat(language(), { type: "conjunction" }).format(words);
}

/** "Bob Lind and Cara Weiss"; a person who is gone is named as such. */
export function namesText(people: readonly Person[], t: Words): string {
  return listText(people.map(({ name }) => name || t("goneNamed")));
}

export function clockText(at: number, zone: string): string {
  return wallTime(at, zone).slice(11);
}

export function weekdayText(day: string, length: "short" | "long" = "short"): string {
  return new Intl.DateTimeFormat(language(), { weekday: length, timeZone: "UTC" }).format(Date.parse(`${day}T00:00Z`));
}

/** "Mon, Nov 23". */
export function dayText(day: string): string {
  return new Intl.DateTimeFormat(language(), {
    weekday: "short",
    day: "numeric",
    month: "short",
    timeZone: "UTC",
  }).format(Date.parse(`${day}T00:00Z`));
}

/** Today "19:00", in the coming days "Tue 07:00", later "Mon, Nov 30, 07:00". */
export function momentText(at: number, zone: string, now: number): string {
  const day = dayOf(at, zone);
  const today = dayOf(now, zone);
  const time = clockText(at, zone);
  if (day === today) return time;
  if (day > today && day < addDays(today, 7)) return `${weekdayText(day)} ${time}`;
  return `${dayText(day)}, ${time}`;
}

/** "Mon, Nov 23, 19:00 to Tue, Nov 24, 07:00"; the second day only if it is another one. */
export function spanText(start: number, end: number, zone: string, t: Words): string {
  const from = dayOf(start, zone);
  const to = dayOf(end, zone);
  return t("fromTo", {
    from: `${dayText(from)}, ${clockText(start, zone)}`,
    to: from === to ? clockText(end, zone) : `${dayText(to)}, ${clockText(end, zone)}`,
  });
}

/** "07:00 to 19:00" within one day; midnight at its end is 24:00, from midnight to midnight is all day. */
export function timesText(start: number, end: number, zone: string, t: Words): string {
  const starts = clockText(start, zone);
  const ends = clockText(end, zone);
  if (starts === "00:00" && ends === "00:00") return t("allDay");
  return t("fromTo", { from: starts, to: ends === "00:00" ? "24:00" : ends });
}

export function durationText(minutes: number, t: Words): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  const parts = [hours > 0 && t("hours", { count: hours }), (rest > 0 || hours === 0) && t("minutes", { count: rest })];
  return parts.filter(Boolean).join(" ");
}

export function delayText(minutes: number, t: Words): string {
  return minutes === 0 ? t("atOnce") : t("afterDelay", { delay: durationText(minutes, t) });
}

export function targetsText(tell: readonly LadderTarget[], t: Words): string {
  return listText(tell.map((target) => t(`target.${target}`)));
}

/** A name, a kind or a list at the beginning of a line. */
export function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase(language()) + text.slice(1);
}

/** The kinds that the portal knows have a name; one of a plugin it does not know is called by its own. */
export function kindText(kind: string, t: Words): string {
  return t(`kind.${kind}`, { defaultValue: kind.replaceAll("_", " ") });
}

/** 3:20, or 1:03:20. */
export function countdownText(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

function daysText(days: Shift["weekdays"], t: Words): string {
  if (days === null || days.length === 7) return t("sentence.everyDay");
  const chosen = weekdays.filter((day) => days.includes(day));
  const places = chosen.map((day) => weekdays.indexOf(day));
  const inARow = places.every((place, index) => index === 0 || place === (places[index - 1] ?? 0) + 1);
  const name = (day: string | undefined) => t(`weekdayLong.${day}`);
  if (inARow && chosen.length > 2)
    return t("sentence.fromDayToDay", { first: name(chosen[0]), last: name(chosen.at(-1)) });
  return t("sentence.onDays", { days: listText(chosen.map(name)) });
}

/** A shift in one plain sentence. `names`: of its people, in their order. */
export function shiftSentence(shift: Shift, names: readonly string[], t: Words): string {
  const days = daysText(shift.weekdays, t);
  const overnight = shift.end <= shift.start;
  const when = t(overnight ? "sentence.overnight" : "sentence.sameDay", { start: shift.start, end: shift.end });
  const what = { days, when, role: t(`role.${shift.role}`), names: listText(names), first: names[0] ?? "" };
  if (names.length === 0) return t("sentence.nobody", what);
  if (names.length === 1) return t("sentence.one", what);
  if (shift.turns === "together") return t("sentence.together", { ...what, role: t(`roles.${shift.role}`) });
  return t(`sentence.${shift.turns}`, { ...what, from: formatDate(shift.turns_from) });
}
