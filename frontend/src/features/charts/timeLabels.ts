/** Labels of the time axis: what changes from mark to mark, with the day or the year below where it begins. Pure. */
import i18next from "i18next";

const day = 86_400;

/** `seconds`: the axis marks; `step`: seconds between them. The running year goes without saying. */
export function timeLabels(seconds: readonly number[], step: number, now: number): string[] {
  const language = i18next.resolvedLanguage;
  const text = (date: Date, options: Intl.DateTimeFormatOptions) => date.toLocaleString(language, options);
  let last = step >= day ? text(new Date(now), { year: "numeric" }) : "";
  return seconds.map((second) => {
    const date = new Date(second * 1000);
    const [upper, lower] =
      step >= 360 * day
        ? [text(date, { year: "numeric" }), ""]
        : step >= 28 * day
          ? [text(date, { month: "short" }), text(date, { year: "numeric" })]
          : step >= day
            ? [text(date, { day: "numeric", month: "short" }), text(date, { year: "numeric" })]
            : [
                text(date, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
                text(date, { weekday: "short", day: "numeric", month: "short" }),
              ];
    const begins = lower !== last;
    last = lower;
    return begins && lower ? `${upper}\n${lower}` : upper;
  });
}
