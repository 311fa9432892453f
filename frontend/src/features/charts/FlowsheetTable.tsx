/** The same data as a table: for screen readers, for copying, for those who think in numbers. */
import { Skeleton, Table } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Series } from "../../api/types";
import { formatInstant, formatNumber, formatUnit } from "../../lib/format";
import classes from "./charts.module.css";
import { type FlowsheetSource, flowsheet } from "./flowsheet";
import type { PanelSpec } from "./panels";
import { seriesOptions } from "./queries";
import { pressureColumns } from "./shape";
import type { TimeWindow } from "./timeWindow";

interface FlowsheetTableProps {
  readonly patientId: string;
  readonly panels: readonly PanelSpec[];
  readonly window: TimeWindow;
  readonly load: TimeWindow;
}

const rowLimit = 400;

export function FlowsheetTable({ patientId, panels, window, load }: FlowsheetTableProps) {
  const { t } = useTranslation("charts");
  const codes = panels.flatMap((panel) => [...panel.series]);
  const answers = useQueries({ queries: codes.map((code) => seriesOptions(patientId, code, load)) });
  if (answers.some((answer) => answer.isPending)) return <Skeleton height={360} />;
  const byCode = new Map(codes.map((code, i) => [code, answers[i]?.data]));
  const sources = panels.map((panel) => sourceOf(panel, byCode));
  const rows = flowsheet(sources, window.start, window.end, rowLimit);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls needs the keyboard
    <section className={classes.sheet} aria-label={t("tableLabel")} tabIndex={0}>
      <Table stickyHeader verticalSpacing={4} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t("time")}</Table.Th>
            {panels.map((panel) => (
              <Table.Th key={panel.code} scope="col" ta="right">
                {panel.title} <span className={classes.unit}>{formatUnit(panel.unit)}</span>
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.t}>
              <Table.Th scope="row" fw={400}>
                {formatInstant(row.t)}
              </Table.Th>
              {panels.map((panel) => (
                <Table.Td key={panel.code} ta="right">
                  {row.cells[panel.code] ?? ""}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {rows.length === 0 && <p className={classes.note}>{t("nothingInTable")}</p>}
      {rows.length === rowLimit && <p className={classes.note}>{t("tableCut", { count: rowLimit })}</p>}
    </section>
  );
}

function sourceOf(panel: PanelSpec, series: ReadonlyMap<string, Series | undefined>): FlowsheetSource {
  const [upperCode, lowerCode] = panel.series;
  const upper = series.get(upperCode);
  const lower = lowerCode === undefined ? undefined : series.get(lowerCode);
  const number = (value: number | null | undefined) =>
    value === null || value === undefined ? "–" : formatNumber(value, panel.decimals);
  if (!upper) return { code: panel.code, t: [], text: [] };
  if (!lower) {
    return { code: panel.code, t: upper.t, text: upper.t.map((_, i) => bucketText(upper, i, number)) };
  }
  const columns = pressureColumns(upper, lower);
  return {
    code: panel.code,
    t: columns.t,
    text: columns.t.map((_, i) => `${number(columns.high[i])}/${number(columns.low[i])}`),
  };
}

/** An hour's or a day's bucket says its spread; one reading says itself. */
function bucketText(series: Series, i: number, number: (value: number | null | undefined) => string): string | null {
  const mean = series.mean[i] ?? null;
  if (mean === null) return null;
  const [min, max] = [series.min[i] ?? mean, series.max[i] ?? mean];
  return series.resolution === "raw" || min === max ? number(mean) : `${number(mean)} (${number(min)}–${number(max)})`;
}
