/** One vital sign of one patient: value, unit, age, the last 24 hours, and whether something is wrong with it. */
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { PriorityMark } from "../../components/PriorityMark";
import { formatAge, formatUnit, observationUnit } from "../../lib/format";
import { readingText } from "../charts/readingText";
import { Spark } from "../charts/Spark";
import classes from "./board.module.css";
import type { Cell, Column } from "./columns";

interface VitalCellProps {
  readonly cell: Cell;
  readonly column: Column;
  readonly now: number;
  readonly roomy: boolean;
}

export function VitalCell({ cell, column, now, roomy }: VitalCellProps) {
  const { t } = useTranslation("board");
  if (!cell.observation) {
    return (
      <td className={classes.cell}>
        <span aria-hidden="true" className={classes.none}>
          –
        </span>
        <span className={classes.unseen}>{t("notMeasured")}</span>
      </td>
    );
  }
  return (
    <td
      className={classes.cell}
      data-stale={cell.stale || undefined}
      data-held={cell.held || undefined}
      data-coded={column.unit === null || undefined}
      data-priority={cell.alert?.condition_active ? cell.alert.priority : undefined}
    >
      <Reading cell={cell} column={column} now={now} />
      <Spark data={cell.sparks} limits={column.limits} now={now} height={roomy ? 26 : 16} stretch />
    </td>
  );
}

export function Reading({ cell, column, now }: { cell: Cell; column: Column; now: number }) {
  const { t } = useTranslation("board");
  const firstId = useRef(cell.observation?.id);
  const { observation, alert } = cell;
  if (!observation) return null;
  const age = formatAge(now - Date.parse(observation.effective_at));
  return (
    <span
      className={classes.reading}
      key={observation.id}
      data-changed={observation.id !== firstId.current || undefined}
    >
      {alert && (
        <span className={classes.cellMark} data-over={alert.condition_active ? undefined : true}>
          <PriorityMark priority={alert.priority} compact />
        </span>
      )}
      <span className={classes.value}>{readingText(observation, column.decimals)}</span>
      <span className={classes.unit}>{formatUnit(observationUnit(observation))}</span>
      <span className={classes.ageBeside}>{age}</span>
      {alert && !alert.condition_active && <span className={classes.unseen}>{t("backInside")}</span>}
      {cell.held && <span className={classes.unseen}>{t("held")}</span>}
      {cell.stale && <span className={classes.unseen}>{t("stale")}</span>}
    </span>
  );
}
