/** Counts per day as bars, one or two series side by side, with the same as a table for everybody who wants numbers. */
import { useTranslation } from "react-i18next";
import { formatDate } from "../lib/format";
import classes from "./dayBars.module.css";

export interface DaySeries {
  readonly key: string;
  readonly label: string;
  readonly tone: "accent" | "quiet";
}

export interface DayCounts {
  /** A calendar day, 2026-01-31. */
  readonly day: string;
  /** One per series. */
  readonly counts: readonly number[];
}

export interface DayBarsProps {
  readonly caption: string;
  readonly series: readonly DaySeries[];
  readonly days: readonly DayCounts[];
}

export function DayBars({ caption, series, days }: DayBarsProps) {
  const { t } = useTranslation("common");
  const most = Math.max(1, ...days.flatMap(({ counts }) => counts));
  return (
    <figure className={classes.figure}>
      <figcaption>{caption}</figcaption>
      <div className={classes.legend} aria-hidden="true">
        {series.map(({ key, label, tone }) => (
          <span key={key}>
            <i data-tone={tone} /> {label}
          </span>
        ))}
        <span className={classes.most}>{t("dayBars.most", { count: most })}</span>
      </div>
      <div className={classes.bars} aria-hidden="true">
        {days.map(({ day, counts }) => (
          <div key={day} className={classes.day} title={`${dayName(day)}: ${counts.join(" / ")}`}>
            {series.map(({ key, tone }, place) => (
              <i key={key} data-tone={tone} style={{ height: `${((counts[place] ?? 0) / most) * 100}%` }} />
            ))}
          </div>
        ))}
      </div>
      <div className={classes.ends} aria-hidden="true">
        <span>{dayName(days[0]?.day)}</span>
        <span>{dayName(days.at(-1)?.day)}</span>
      </div>
      <details className={classes.table}>
        <summary>{t("dayBars.table")}</summary>
        <table>
          <caption>{caption}</caption>
          <thead>
            <tr>
              <th scope="col">{t("dayBars.day")}</th>
              {series.map(({ key, label }) => (
                <th key={key} scope="col">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {days.map(({ day, counts }) => (
              <tr key={day}>
                <th scope="row">{dayName(day)}</th>
                {series.map(({ key }, place) => (
                  <td key={key}>{counts[place] ?? 0}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

/** Noon of the reader's own calendar, so that no time zone moves the day. */
function dayName(day: string | undefined): string {
  return day ? formatDate(new Date(`${day}T12:00:00`).getTime()) : "";
}
