/** The board as a table: arrows move between patients, Enter or a click opens one beside it. */
import { type KeyboardEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { BoardTableRow } from "./BoardTableRow";
import classes from "./board.module.css";
import type { Column } from "./columns";
import type { BoardRow } from "./triage";

interface BoardTableProps {
  readonly rows: readonly BoardRow[];
  readonly columns: readonly Column[];
  readonly now: number;
  readonly roomy: boolean;
  readonly openId: string | null;
  readonly onOpen: (patientId: string | null) => void;
}

/** The row a key leads to; null when the key is not for moving. */
export function nextRow(key: string, current: number, count: number): number | null {
  switch (key) {
    case "ArrowDown":
      return Math.min(count - 1, current + 1);
    case "ArrowUp":
      return Math.max(0, current - 1);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}

export function BoardTable({ rows, columns, now, roomy, openId, onOpen }: BoardTableProps) {
  const { t } = useTranslation("board");
  const body = useRef<HTMLTableSectionElement>(null);
  const [focusId, setFocusId] = useState<string | null>(null);
  const found = rows.findIndex((row) => row.item.patient.id === focusId);
  const current = found === -1 ? 0 : found;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") onOpen(null);
    const next = nextRow(event.key, current, rows.length);
    const row = next === null ? undefined : rows[next];
    if (next === null || !row) return;
    event.preventDefault();
    setFocusId(row.item.patient.id);
    body.current?.querySelectorAll<HTMLElement>("[data-row]").item(next).focus();
    if (openId !== null) onOpen(row.item.patient.id);
  };
  return (
    <section className={classes.scroll} aria-label={t("tableLabel")}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col" className={classes.who}>
              {t("patient")}
            </th>
            {columns.map((column) => (
              <th key={column.code} scope="col">
                <abbr title={column.title}>{column.short}</abbr>
              </th>
            ))}
            <th scope="col" className={classes.contact}>
              {t("lastContact")}
            </th>
          </tr>
        </thead>
        <tbody ref={body} onKeyDown={onKeyDown}>
          {rows.map((row, i) => (
            <BoardTableRow
              key={row.item.patient.id}
              item={row.item}
              alerts={row.alerts}
              stale={row.stale}
              columns={columns}
              now={now}
              roomy={roomy}
              tabStop={i === current}
              isOpen={row.item.patient.id === openId}
              onOpen={onOpen}
              onFocus={setFocusId}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}
