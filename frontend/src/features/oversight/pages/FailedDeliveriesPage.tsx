/** Messages that were given up: to whom, by which channel, and why. */
import { IconBellCheck } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { DeadLetter } from "../../../api/types";
import { type Column, DataTable } from "../../../components/DataTable";
import { EmptyState } from "../../../components/EmptyState";
import { ErrorState } from "../../../components/ErrorState";
import { PageHeader } from "../../../components/PageHeader";
import { PriorityMark } from "../../../components/PriorityMark";
import { RowsSkeleton } from "../../../components/Skeletons";
import { formatInstant } from "../../../lib/format";
import { failedDeliveriesOptions } from "../api/oversight";

export function FailedDeliveriesPage() {
  const { t } = useTranslation("oversight");
  const query = useInfiniteQuery(failedDeliveriesOptions);
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  const instant = (at: string) => formatInstant(Date.parse(at));
  const columns: readonly Column<DeadLetter>[] = [
    { key: "when", title: t("failed.when"), cell: (row) => instant(row.ended_at), oneLine: true },
    { key: "who", title: t("failed.who"), cell: (row) => row.user_name || t("failed.nobody") },
    {
      key: "how",
      title: t("failed.how"),
      cell: (row) => `${t(`failed.channel.${row.channel}`, { defaultValue: row.channel })} ${row.address}`,
    },
    { key: "what", title: t("failed.what"), cell: (row) => <PriorityMark priority={row.priority} />, oneLine: true },
    { key: "why", title: t("failed.why"), cell: (row) => row.error ?? "" },
    { key: "asked", title: t("failed.asked"), cell: (row) => instant(row.requested_at), wideOnly: true, oneLine: true },
    { key: "attempts", title: t("failed.attempts"), cell: (row) => row.attempts, wideOnly: true, end: true },
  ];
  return (
    <>
      <PageHeader title={t("failed.title")} about={t("failed.about")} />
      {query.isPending ? (
        <RowsSkeleton columns={5} rows={8} />
      ) : !query.data ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : rows.length === 0 ? (
        <EmptyState icon={<IconBellCheck />} title={t("failed.empty")}>
          {t("failed.emptyText")}
        </EmptyState>
      ) : (
        <DataTable
          caption={t("failed.title")}
          columns={columns}
          rows={rows}
          rowKey={(row) => row.id}
          onMore={query.hasNextPage ? () => void query.fetchNextPage() : undefined}
          loadingMore={query.isFetchingNextPage}
        />
      )}
    </>
  );
}
