/** A rota as weeks under each other: a lane per role, a bar per person. Choosing a bar to come covers it. */
import { Tooltip } from "@mantine/core";
import { IconArrowsExchange, IconUserOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { OnCallRole, OnCallTeam } from "../../api/types";
import classes from "./oncall.module.css";
import { type Bar, colourOf, type Day, type PlacedBar, placed, roles } from "./rota";
import { dayText, namesText, spanText, timesText, weekdayText } from "./words";
import { dayOf } from "./zone";

const rowHeight = 34;
const week = 7;

export interface RotaProps {
  readonly team: OnCallTeam;
  readonly days: readonly Day[];
  readonly bars: Readonly<Record<OnCallRole, readonly Bar[]>>;
  readonly now: number;
  readonly mayCover: (role: OnCallRole) => boolean;
  readonly onCover: (bar: Bar) => void;
}

export function RotaCalendar(props: RotaProps) {
  const { days } = props;
  const weeks = Array.from({ length: Math.ceil(days.length / week) }, (_, index) =>
    days.slice(index * week, (index + 1) * week),
  );
  return (
    <div className={`card ${classes.calendar}`}>
      {weeks.map((each) => (
        <Week key={each[0]?.day} {...props} days={each} />
      ))}
    </div>
  );
}

function Week(props: RotaProps) {
  const { t } = useTranslation("oncall");
  const { team, days, bars, now } = props;
  const today = dayOf(now, team.time_zone);
  const todayAt = days.findIndex(({ day }) => day === today);
  const current = days[todayAt];
  const nowAt = current ? todayAt + (now - current.start) / (current.end - current.start) : null;
  return (
    <section className={classes.week} aria-label={t("rotaOf", { team: dayText(days[0]?.day ?? "") })}>
      <div className={classes.weekHead} aria-hidden="true">
        {days.map(({ day }) => (
          <span key={day} data-today={day === today || undefined}>
            <b>{weekdayText(day)}</b> {Number(day.slice(8))}
          </span>
        ))}
      </div>
      {roles.map((role) => (
        <Lane key={role} {...props} role={role} nowAt={nowAt} lane={placed(bars[role], days)} />
      ))}
    </section>
  );
}

interface LaneProps extends RotaProps {
  readonly role: OnCallRole;
  readonly lane: readonly PlacedBar[];
  readonly nowAt: number | null;
}

function Lane({ role, lane, nowAt, days, ...rest }: LaneProps) {
  const { t } = useTranslation("oncall");
  const rows = Math.max(1, ...lane.map((bar) => bar.row + 1));
  return (
    <div className={classes.lane}>
      <span className={classes.laneName} aria-hidden="true">
        {t(`roleTitle.${role}`)}
      </span>
      <ul
        className={classes.bars}
        style={{ height: rows * rowHeight + 8 }}
        aria-label={t("laneLabel", { role: t(`roleTitle.${role}`), day: dayText(days[0]?.day ?? "") })}
      >
        {lane.map((bar) => (
          <BarItem key={`${bar.start}-${bar.person?.id ?? ""}`} bar={bar} days={days} {...rest} />
        ))}
        {nowAt !== null && (
          <li
            className={classes.nowLine}
            style={{ insetInlineStart: `${(nowAt / days.length) * 100}%` }}
            aria-hidden="true"
          />
        )}
      </ul>
    </div>
  );
}

export function useBarText(team: OnCallTeam) {
  const { t } = useTranslation("oncall");
  const zone = team.time_zone;
  const coverText = (bar: Bar) =>
    bar.cover === null
      ? null
      : bar.cover.instead_of
        ? t("coverFor", { name: bar.cover.instead_of.name })
        : t("coverBeside");
  const name = (bar: Bar) => (bar.person ? namesText([bar.person], t) : t("nobody"));
  return {
    name,
    coverText,
    times: (bar: Bar) => timesText(bar.start, bar.end, zone, t),
    whole: (bar: Bar) =>
      [t("barLabel", { name: name(bar), when: spanText(bar.start, bar.end, zone, t) }), coverText(bar)]
        .filter(Boolean)
        .join(", "),
  };
}

interface BarItemProps extends Pick<RotaProps, "team" | "days" | "now" | "mayCover" | "onCover"> {
  readonly bar: PlacedBar;
}

function BarItem({ bar, days, team, now, mayCover, onCover }: BarItemProps) {
  const { t } = useTranslation("oncall");
  const text = useBarText(team);
  const what = text.whole(bar);
  const attributes = {
    className: classes.bar,
    "data-nobody": bar.person === null || undefined,
    "data-colour": bar.person ? colourOf(team)(bar.person.id) : undefined,
    "data-cover": bar.cover !== null || undefined,
    "data-past": bar.end <= now || undefined,
    "data-before": bar.before || undefined,
    "data-after": bar.after || undefined,
  };
  const content = (
    <>
      {bar.person === null && <IconUserOff size={15} stroke={1.8} aria-hidden="true" />}
      {bar.cover !== null && <IconArrowsExchange size={15} stroke={1.8} aria-hidden="true" />}
      <span>{text.name(bar)}</span>
    </>
  );
  return (
    <li
      className={classes.barPlace}
      style={{
        insetInlineStart: `${(bar.left / days.length) * 100}%`,
        width: `${(bar.width / days.length) * 100}%`,
        top: bar.row * rowHeight + 4,
      }}
    >
      <Tooltip label={what} events={{ hover: true, focus: true, touch: false }}>
        {bar.end > now && mayCover(bar.role) ? (
          <button type="button" {...attributes} aria-label={t("coverThis", { what })} onClick={() => onCover(bar)}>
            {content}
          </button>
        ) : (
          <span {...attributes} role="img" aria-label={what}>
            {content}
          </span>
        )}
      </Tooltip>
    </li>
  );
}
