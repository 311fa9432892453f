/** What is due today, for professionals: dense, in the patient's time. */
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Due, DueLists } from "../../api/types";
import { type Column, DataTable } from "../../components/DataTable";
import { ErrorState } from "../../components/ErrorState";
import { StatusPill } from "../../components/StatusPill";
import classes from "./plan.module.css";
import { dueOptions } from "./queries";
import { timeIn } from "./words";

interface Row {
  readonly due: Due;
  readonly list: keyof DueLists;
}

const tones = { now: "attention", next: "plain", done: "good", missed: "off" } as const;

export function DueTable({ patientId, timeZone }: { readonly patientId: string; readonly timeZone: string }) {
  const { t } = useTranslation("plan");
  const due = useQuery(dueOptions(patientId));
  const columns: readonly Column<Row>[] = [
    { key: "time", title: t("column.time"), cell: ({ due }) => timeIn(timeZone, due.due_at), oneLine: true },
    { key: "what", title: t("column.what"), cell: ({ due }) => due.display },
    {
      key: "state",
      title: t("column.state"),
      cell: ({ list }) => <StatusPill tone={tones[list]}>{t(`state.${list}`)}</StatusPill>,
    },
    { key: "until", title: t("column.until"), cell: ({ due }) => timeIn(timeZone, due.until), wideOnly: true },
  ];
  return (
    <section aria-labelledby="plan-due">
      <h2 id="plan-due">{t("dueToday")}</h2>
      {due.isPending ? (
        <Skeleton height={96} />
      ) : !due.data ? (
        <ErrorState error={due.error} onRetry={() => void due.refetch()} />
      ) : (
        <DueRows rows={rowsOf(due.data)} columns={columns} />
      )}
    </section>
  );
}

function DueRows({ rows, columns }: { readonly rows: readonly Row[]; readonly columns: readonly Column<Row>[] }) {
  const { t } = useTranslation("plan");
  if (rows.length === 0) return <p className={classes.nothing}>{t("nothingToday")}</p>;
  return (
    <DataTable
      caption={t("dueTodayTable")}
      columns={columns}
      rows={rows}
      rowKey={({ due }) => `${due.item_id} ${due.due_at}`}
    />
  );
}

function rowsOf(lists: DueLists): readonly Row[] {
  return (["now", "next", "done", "missed"] as const)
    .flatMap((list) => lists[list].map((due) => ({ due, list })))
    .sort((a, b) => a.due.due_at.localeCompare(b.due.due_at));
}
