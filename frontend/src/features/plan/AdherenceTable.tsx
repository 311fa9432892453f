/** How the plan was followed in the last 14 days. */
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { AdherenceItem, PlanItem } from "../../api/types";
import { type Column, DataTable } from "../../components/DataTable";
import { ErrorState } from "../../components/ErrorState";
import { formatDate } from "../../lib/format";
import classes from "./plan.module.css";
import { adherenceOptions } from "./queries";

interface AdherenceTableProps {
  readonly patientId: string;
  readonly items: readonly PlanItem[];
}

export function AdherenceTable({ patientId, items }: AdherenceTableProps) {
  const { t } = useTranslation("plan");
  const adherence = useQuery(adherenceOptions(patientId));
  const present = new Set(items.map((item) => item.id));
  const columns: readonly Column<AdherenceItem>[] = [
    {
      key: "what",
      title: t("column.what"),
      cell: (row) => (present.has(row.item_id) ? row.display : t("removedItem", { item: row.display })),
    },
    {
      key: "share",
      title: t("column.followed"),
      cell: (row) => t("ofAll", { done: row.fulfilled, all: row.fulfilled + row.missed }),
      oneLine: true,
    },
    { key: "missed", title: t("column.missed"), cell: (row) => row.missed },
    { key: "days", title: t("column.days"), cell: (row) => <Days row={row} /> },
  ];
  return (
    <section aria-labelledby="plan-adherence">
      <h2 id="plan-adherence">{t("adherence")}</h2>
      {adherence.isPending ? (
        <Skeleton height={72} />
      ) : !adherence.data ? (
        <ErrorState error={adherence.error} onRetry={() => void adherence.refetch()} />
      ) : adherence.data.items.length === 0 ? (
        <p className={classes.nothing}>{t("adherenceNone")}</p>
      ) : (
        <DataTable
          caption={t("adherenceTable")}
          columns={columns}
          rows={adherence.data.items}
          rowKey={(row) => row.item_id}
        />
      )}
    </section>
  );
}

/** A mark a day: full, half or empty, with its words. */
function Days({ row }: { readonly row: AdherenceItem }) {
  const { t } = useTranslation("plan");
  return (
    <ol className={classes.days}>
      {row.days.map((day) => {
        const words = t("day", { day: formatDate(day.day), done: day.fulfilled, all: day.fulfilled + day.missed });
        const state = day.missed === 0 ? "all" : day.fulfilled === 0 ? "none" : "some";
        return (
          <li key={day.day} data-state={state} title={words}>
            <span className={classes.hidden}>{words}</span>
          </li>
        );
      })}
    </ol>
  );
}
