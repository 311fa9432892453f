/** Dense rows under a heading; on phones the less important columns step back. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "./components.module.css";

export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** Left out on phones. */
  readonly wideOnly?: boolean;
  readonly end?: boolean;
  /** Never broken over two lines. */
  readonly oneLine?: boolean;
  /** The title is for screen readers only, as over a column of buttons. */
  readonly untitled?: boolean;
}

export interface DataTableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly dimmed?: (row: Row) => boolean;
  /** There are more rows to ask for. */
  readonly onMore?: (() => void) | undefined;
  readonly loadingMore?: boolean;
}

export function DataTable<Row>({ caption, columns, rows, rowKey, dimmed, onMore, loadingMore }: DataTableProps<Row>) {
  const { t } = useTranslation("common");
  return (
    <div className={`card ${classes.tableCard}`}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls sideways must be reachable by keyboard */}
      <section className={classes.tableScroll} aria-label={caption} tabIndex={0}>
        <table className={classes.table}>
          <caption>{caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <th
                  key={column.key}
                  scope="col"
                  data-wide={column.wideOnly || undefined}
                  data-end={column.end || undefined}
                >
                  <span data-untitled={column.untitled || undefined}>{column.title}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={rowKey(row)} data-dimmed={dimmed?.(row) || undefined}>
                {columns.map((column, place) => {
                  const attributes = {
                    "data-wide": column.wideOnly || undefined,
                    "data-end": column.end || undefined,
                    "data-nowrap": column.oneLine || undefined,
                  };
                  return place === 0 ? (
                    <th key={column.key} scope="row" {...attributes}>
                      {column.cell(row)}
                    </th>
                  ) : (
                    <td key={column.key} {...attributes}>
                      {column.cell(row)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {onMore && (
        <button type="button" className={classes.moreRows} disabled={loadingMore} onClick={onMore}>
          {t(loadingMore ? "loading" : "more")}
        </button>
      )}
    </div>
  );
}
