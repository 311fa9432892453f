/** The rows of the report, the heaviest first until another column is chosen. */
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BurdenRow } from "../../api/types";
import classes from "./burden.module.css";
import { type SortBy, sortable, sorted } from "./order";
import type { Aspect } from "./queries";
import { figure, minutes, share } from "./words";

const texts: Readonly<Record<SortBy, (row: BurdenRow) => string>> = {
  per_patient_day: (row) => figure(row.per_patient_day),
  alerts: (row) => String(row.alerts),
  high: (row) => String(row.high),
  in_time: (row) => share(row.in_time),
  actionable: (row) => share(row.actionable),
  median_answer_s: (row) => minutes(row.median_answer_s),
};

export function BurdenTable({ rows, aspect }: { readonly rows: readonly BurdenRow[]; readonly aspect: Aspect }) {
  const { t } = useTranslation("burden");
  const [by, setBy] = useState<SortBy>("per_patient_day");
  const [ascending, setAscending] = useState(false);
  const choose = (column: SortBy) => {
    setAscending(column === by && !ascending);
    setBy(column);
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls sideways must be reachable by keyboard
    <section className={`card ${classes.scroll}`} aria-label={t(`table.${aspect}`)} tabIndex={0}>
      <table className={classes.table}>
        <caption>{t(`table.${aspect}`)}</caption>
        <thead>
          <tr>
            <th scope="col">{t(`aspect.${aspect}`)}</th>
            {sortable.map((column) => (
              <th key={column} scope="col" aria-sort={sortOf(column === by, ascending)}>
                <button type="button" onClick={() => choose(column)}>
                  {t(`column.${column}`)}
                  {column === by && (ascending ? <IconArrowUp size={14} /> : <IconArrowDown size={14} />)}
                </button>
              </th>
            ))}
            <th scope="col" className={classes.screenOnly}>
              <span className={classes.forReaders}>{t("column.review")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {sorted(rows, by, ascending).map((row) => (
            <tr key={row.key}>
              <th scope="row">{row.name || t("noWard")}</th>
              {sortable.map((column) => (
                <td key={column}>{texts[column](row)}</td>
              ))}
              <td className={classes.screenOnly}>{aspect !== "ward" && <Review row={row} aspect={aspect} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Review({ row, aspect }: { readonly row: BurdenRow; readonly aspect: Aspect }) {
  const { t } = useTranslation("burden");
  const patientId = aspect === "patient" ? row.key : row.busiest_patient;
  if (!patientId) return null;
  return (
    <Link
      to="/patients/$patientId"
      params={{ patientId }}
      hash="limits"
      className={classes.review}
      aria-label={t(aspect === "patient" ? "reviewOf" : "reviewBusiest", { name: row.name })}
    >
      {t("review")}
    </Link>
  );
}

function sortOf(chosen: boolean, ascending: boolean): "ascending" | "descending" | "none" {
  if (!chosen) return "none";
  return ascending ? "ascending" : "descending";
}
