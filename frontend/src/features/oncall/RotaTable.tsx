/** A rota as a table of days, and as a list by day on phones. */
import { VisuallyHidden } from "@mantine/core";
import { IconArrowsExchange, IconUserOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { OnCallRole } from "../../api/types";
import classes from "./oncall.module.css";
import { type RotaProps, useBarText } from "./RotaCalendar";
import { colourOf, type Day, piecesOf, roles } from "./rota";
import { dayText } from "./words";
import { dayOf } from "./zone";

export function RotaTable(props: RotaProps) {
  const { t } = useTranslation("oncall");
  const { team, days, now } = props;
  const today = dayOf(now, team.time_zone);
  return (
    <div className={`card ${classes.tableCard}`}>
      <table className={classes.table}>
        <caption>{t("rotaOf", { team: team.title })}</caption>
        <thead>
          <tr>
            <th scope="col">{t("day")}</th>
            {roles.map((role) => (
              <th key={role} scope="col">
                {t(`roleTitle.${role}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {days.map((day) => (
            <tr key={day.day} data-today={day.day === today || undefined}>
              <th scope="row">{dayText(day.day)}</th>
              {roles.map((role) => (
                <td key={role}>
                  <Pieces {...props} day={day} role={role} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function RotaList(props: RotaProps) {
  const { t } = useTranslation("oncall");
  const { team, days, now } = props;
  const today = dayOf(now, team.time_zone);
  return (
    <ol className={classes.dayList} aria-label={t("rotaOf", { team: team.title })}>
      {days.map((day) => (
        <li key={day.day} className="card" data-today={day.day === today || undefined}>
          <h3>{day.day === today ? `${t("today")}, ${dayText(day.day)}` : dayText(day.day)}</h3>
          {roles.map((role) => (
            <div key={role} className={classes.dayRole}>
              <h4>{t(`roleTitle.${role}`)}</h4>
              <Pieces {...props} day={day} role={role} />
            </div>
          ))}
        </li>
      ))}
    </ol>
  );
}

interface PiecesProps extends RotaProps {
  readonly day: Day;
  readonly role: OnCallRole;
}

function Pieces({ team, bars, day, role, now, mayCover, onCover }: PiecesProps) {
  const { t } = useTranslation("oncall");
  const text = useBarText(team);
  const colour = colourOf(team);
  return (
    <ul className={classes.pieces}>
      {piecesOf(bars[role], day).map((bar) => {
        const content = (
          <>
            <span className={classes.swatch} data-colour={bar.person ? colour(bar.person.id) : undefined}>
              {bar.person === null && <IconUserOff size={15} stroke={1.8} aria-hidden="true" />}
              {bar.cover !== null && <IconArrowsExchange size={13} stroke={2} aria-hidden="true" />}
            </span>
            <span className={classes.pieceTimes}>{text.times(bar)}</span>
            <span className={classes.pieceName}>
              {text.name(bar)}
              {bar.cover !== null && <small className={classes.quiet}> {text.coverText(bar)}</small>}
            </span>
          </>
        );
        const key = `${bar.start}-${bar.person?.id ?? ""}`;
        const attributes = {
          className: classes.piece,
          "data-nobody": bar.person === null || undefined,
          "data-past": bar.end <= now || undefined,
        };
        return (
          <li key={key}>
            {bar.end > now && mayCover(role) ? (
              <button type="button" {...attributes} onClick={() => onCover(bar)}>
                <VisuallyHidden>{t("coverPiece")}</VisuallyHidden>
                {content}
              </button>
            ) : (
              <div {...attributes}>{content}</div>
            )}
          </li>
        );
      })}
    </ul>
  );
}
