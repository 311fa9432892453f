/** One patient's row. Its name is the button: one tab stop for the table, arrows do the rest. */
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Alert, BoardItem } from "../../api/types";
import { PriorityMark } from "../../components/PriorityMark";
import { formatAge } from "../../lib/format";
import classes from "./board.module.css";
import { type Column, cellOf } from "./columns";
import { VitalCell } from "./VitalCell";

interface BoardTableRowProps {
  readonly item: BoardItem;
  readonly alerts: readonly Alert[];
  readonly stale: boolean;
  readonly columns: readonly Column[];
  readonly now: number;
  readonly roomy: boolean;
  readonly tabStop: boolean;
  readonly isOpen: boolean;
  readonly onOpen: (patientId: string) => void;
  readonly onFocus: (patientId: string) => void;
}

export const BoardTableRow = memo(function BoardTableRow(props: BoardTableRowProps) {
  const { item, alerts, stale, columns, now, roomy, tabStop, isOpen, onOpen, onFocus } = props;
  const { t } = useTranslation("board");
  const { patient } = item;
  return (
    <tr className={classes.row} data-open={isOpen || undefined} onClick={() => onOpen(patient.id)}>
      <th scope="row" className={classes.who}>
        <button
          type="button"
          data-row
          className={classes.name}
          tabIndex={tabStop ? 0 : -1}
          aria-expanded={isOpen}
          onFocus={() => onFocus(patient.id)}
        >
          <span className={classes.nameText}>{patient.name}</span>
          <span className={classes.place}>
            {[t("years", { count: patient.age_years }), patient.ward ?? t("noPlace"), patient.room]
              .filter(Boolean)
              .join(" · ")}
          </span>
        </button>
        <AlertCount alerts={alerts} />
      </th>
      {columns.map((column) => (
        <VitalCell key={column.code} cell={cellOf(item, column, alerts, now)} column={column} now={now} roomy={roomy} />
      ))}
      <td className={classes.contact} data-stale={stale || undefined}>
        {item.last_contact_at ? formatAge(now - Date.parse(item.last_contact_at)) : t("never")}
      </td>
    </tr>
  );
});

function AlertCount({ alerts }: { alerts: readonly Alert[] }) {
  const { t } = useTranslation("board");
  const [first] = alerts;
  if (!first) return null;
  const isQuiet = alerts.every((alert) => alert.status !== "active");
  return (
    <span className={classes.count} data-quiet={isQuiet || undefined}>
      <PriorityMark priority={first.priority} compact flashing={!isQuiet} />
      <span aria-hidden="true">{alerts.length}</span>
      <span className={classes.unseen}>{t("alertCount", { count: alerts.length })}</span>
    </span>
  );
}
