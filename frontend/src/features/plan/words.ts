/** Schedules in words, and plan items as they are edited. Pure. */
import type { TFunction } from "i18next";
import type { PlanItem, PlanItemInput, PlanTemplateItem, Schedule, Weekday } from "../../api/types";
import type { FieldError } from "../../lib/api";

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const satisfies readonly Weekday[];

/** "08:00 and 20:00, every day". */
export function scheduleWords(schedule: Schedule, t: TFunction<"plan">): string {
  switch (schedule.kind) {
    case "times_of_day": {
      const chosen = schedule.weekdays;
      const days =
        !chosen || chosen.length === 7
          ? t("everyDay")
          : listed(
              weekdays.filter((day) => chosen.includes(day)).map((day) => t(`weekday.${day}`)),
              t,
            );
      return `${listed([...schedule.times].sort(), t)}, ${days}`;
    }
    case "every_hours":
      return t("everyHours", { count: schedule.hours, from: schedule.from });
    case "rrule":
      return t("byRule", { rule: schedule.rrule });
  }
}

export function minutesWords(minutes: number, t: TFunction<"plan">): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  const parts = [];
  if (hours > 0) parts.push(t("hours", { count: hours }));
  if (rest > 0 || hours === 0) parts.push(t("minutes", { count: rest }));
  return parts.join(" ");
}

function listed(words: readonly string[], t: TFunction<"plan">): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : t("listed", { first: words.slice(0, -1).join(", "), last });
}

/** An item as it is sent: without what the server adds. */
export function toInput({ display: _display, ...item }: PlanItem): PlanItemInput {
  return item;
}

/** The items of a template for a plan that starts on `today` ("2026-02-01"). */
export function fromTemplate(items: readonly PlanTemplateItem[], today: string): PlanItemInput[] {
  return items.map(({ days, ...item }) => {
    const end = new Date(`${today}T00:00:00Z`);
    end.setUTCDate(end.getUTCDate() + (days ?? 1) - 1);
    return { ...item, id: null, enabled: true, start: today, end: days ? end.toISOString().slice(0, 10) : null };
  });
}

/** The day now in a time zone, as "2026-02-01". */
export function dayIn(timeZone: string, now: number): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(now);
}

/** A clock time in a time zone, as "08:00". */
export function timeIn(timeZone: string, at: string): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" }).format(Date.parse(at));
}

export function dayTimeIn(timeZone: string, at: string): string {
  const day = new Intl.DateTimeFormat("en", { timeZone, weekday: "short", day: "numeric", month: "short" });
  return `${day.format(Date.parse(at))}, ${timeIn(timeZone, at)}`;
}

/** What the server says of one field: of item `index` of the plan, or of the item that is previewed. */
export function fieldTrouble(errors: readonly FieldError[], field: string): string | undefined {
  return errors.find((error) => {
    const place = (Array.isArray(error.loc) ? error.loc : String(error.loc).split(".")).map(String);
    return place.includes(field);
  })?.msg;
}
