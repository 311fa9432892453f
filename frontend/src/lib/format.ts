/** Numbers, units, ages and instants in the reader's language. Pure, except that the browser knows the time zone. */
import i18next from "i18next";
import type { Observation } from "../api/types";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const language = (): string => i18next.resolvedLanguage ?? "en";

const cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `n${language()}${JSON.stringify(options)}`;
  const format = (cache.get(key) as Intl.NumberFormat | undefined) ?? new Intl.NumberFormat(language(), options);
  cache.set(key, format);
  return format;
}

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `d${language()}${JSON.stringify(options)}`;
  const format = (cache.get(key) as Intl.DateTimeFormat | undefined) ?? new Intl.DateTimeFormat(language(), options);
  cache.set(key, format);
  return format;
}

/** With `decimals`: exactly that many. Without: as many as it has, at most 2. */
export function formatNumber(value: number, decimals?: number): string {
  return numberFormat(
    decimals === undefined
      ? { maximumFractionDigits: 2 }
      : { minimumFractionDigits: decimals, maximumFractionDigits: decimals },
  ).format(value);
}

const unitTexts: Readonly<Record<string, string>> = {
  Cel: "°C",
  "[degF]": "°F",
  "mm[Hg]": "mmHg",
  "/min": "/min",
  "%": "%",
  "[lb_av]": "lb",
  "kg/m2": "kg/m²",
};

/** A UCUM unit as people write it. */
export function formatUnit(unit: string | null): string {
  return unit === null ? "" : (unitTexts[unit] ?? unit);
}

/** How long: "now", "4 min", "3 h", "2 d". */
export function formatAge(ms: number): string {
  if (ms < minute) return i18next.t("common:age.now");
  if (ms < hour) return i18next.t("common:age.minutes", { count: Math.floor(ms / minute) });
  if (ms < 2 * day) return i18next.t("common:age.hours", { count: Math.floor(ms / hour) });
  return i18next.t("common:age.days", { count: Math.floor(ms / day) });
}

/** In a sentence: "just now", "4 minutes ago". */
export function formatAgo(ms: number): string {
  if (ms < minute) return i18next.t("common:ago.now");
  if (ms < hour) return i18next.t("common:ago.minutes", { count: Math.floor(ms / minute) });
  if (ms < day) return i18next.t("common:ago.hours", { count: Math.floor(ms / hour) });
  return i18next.t("common:ago.days", { count: Math.floor(ms / day) });
}

export function formatTime(ms: number): string {
  return dateFormat({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(ms);
}

/** An instant's day where the reader is; a day without a time, such as a birth date, is the same day everywhere. */
export function formatDate(at: number | string): string {
  const day = { day: "numeric", month: "short", year: "numeric" } as const;
  if (typeof at === "number") return dateFormat(day).format(at);
  return dateFormat(at.length === 10 ? { ...day, timeZone: "UTC" } : day).format(Date.parse(at));
}

/** Today: the time. This year: day and time. Else with the year. */
export function formatInstant(ms: number, now: number = Date.now()): string {
  const then = new Date(ms);
  const today = new Date(now);
  if (then.toDateString() === today.toDateString()) return formatTime(ms);
  const year = then.getFullYear() === today.getFullYear() ? {} : ({ year: "numeric" } as const);
  return `${dateFormat({ day: "numeric", month: "short", ...year }).format(ms)}, ${formatTime(ms)}`;
}

/** An observation's figure: "36.8", "138/88" for a panel, "Alert" for a coded value, words where there is no value. */
export function formatObservation(observation: Observation, decimals?: number): string {
  if (observation.value_code) return i18next.t(`common:acvpu.${observation.value_code}`);
  if (observation.value !== null) return formatNumber(observation.value, decimals);
  const parts = observation.components.filter((part) => part.value !== null).slice(0, 2);
  if (parts.length > 0) return parts.map((part) => formatNumber(part.value ?? 0, decimals)).join("/");
  return i18next.t(`common:absent.${observation.data_absent_reason ?? "none"}`);
}

/** The unit that belongs to the figure; a panel's is its components'. */
export function observationUnit(observation: Observation): string | null {
  if (observation.value_code) return null;
  return observation.unit ?? observation.components.find((part) => part.value !== null)?.unit ?? null;
}
