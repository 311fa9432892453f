/** The board on a phone: one card a patient with the essential vital signs. */
import { useTranslation } from "react-i18next";
import { PriorityMark } from "../../components/PriorityMark";
import { formatAge } from "../../lib/format";
import classes from "./board.module.css";
import { type Column, cellOf } from "./columns";
import type { BoardRow } from "./triage";
import { Reading } from "./VitalCell";

interface BoardCardsProps {
  readonly rows: readonly BoardRow[];
  readonly columns: readonly Column[];
  readonly now: number;
  readonly onOpen: (patientId: string) => void;
}

const essential = 6;

export function BoardCards({ rows, columns, now, onOpen }: BoardCardsProps) {
  const { t } = useTranslation("board");
  return (
    <ul className={classes.cards}>
      {rows.map((row) => (
        <li key={row.item.patient.id}>
          <button type="button" className={classes.card} onClick={() => onOpen(row.item.patient.id)}>
            <span className={classes.cardHead}>
              <span className={classes.nameText}>{row.item.patient.name}</span>
              <span className={classes.age}>{t("years", { count: row.item.patient.age_years })}</span>
              <span className={classes.cardContact} data-stale={row.stale || undefined}>
                {row.item.last_contact_at ? formatAge(now - Date.parse(row.item.last_contact_at)) : t("never")}
              </span>
            </span>
            <span className={classes.place}>
              {[row.item.patient.ward, row.item.patient.room].filter(Boolean).join(" · ") || t("noPlace")}
            </span>
            {row.alerts.slice(0, 2).map((alert) => (
              <span key={alert.id} className={classes.cardAlert}>
                <PriorityMark priority={alert.priority} compact /> {alert.title}
              </span>
            ))}
            {row.alerts.length > 2 && (
              <span className={classes.cardMore}>{t("moreAlerts", { count: row.alerts.length - 2 })}</span>
            )}
            <CardVitals row={row} columns={columns} now={now} />
          </button>
        </li>
      ))}
    </ul>
  );
}

function CardVitals({ row, columns, now }: { row: BoardRow; columns: readonly Column[]; now: number }) {
  const measured = columns.filter((column) => row.item.latest[column.code] !== undefined).slice(0, essential);
  return (
    <span className={classes.cardVitals}>
      {measured.map((column) => {
        const cell = cellOf(row.item, column, row.alerts, now);
        return (
          <span
            key={column.code}
            className={classes.cardVital}
            data-stale={cell.stale || undefined}
            data-held={cell.held || undefined}
            data-priority={cell.alert?.condition_active ? cell.alert.priority : undefined}
          >
            <span className={classes.cardLabel}>{column.short}</span>
            <Reading cell={cell} column={column} now={now} />
          </span>
        );
      })}
    </span>
  );
}
