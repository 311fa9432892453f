/** What could not be delivered and was given up, for administrators. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { DeadLetter } from "../../api/types";
import { type Column, DataTable } from "../../components/DataTable";
import { EmptyState } from "../../components/EmptyState";
import { ErrorState } from "../../components/ErrorState";
import { PageHeader } from "../../components/PageHeader";
import { RowsSkeleton } from "../../components/Skeletons";
import { formatInstant } from "../../lib/format";
import { failedOptions } from "./queries";

export function FailedPage() {
  const { t } = useTranslation("notifications");
  const query = useInfiniteQuery(failedOptions);
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  const columns: readonly Column<DeadLetter>[] = [
    { key: "who", title: t("deliveries.who"), cell: (row) => row.user_name },
    { key: "channel", title: t("deliveries.channel"), cell: (row) => t(`channel.${row.channel}`, row.channel) },
    { key: "address", title: t("failed.address"), cell: (row) => row.address, wideOnly: true },
    { key: "when", title: t("failed.when"), cell: (row) => formatInstant(Date.parse(row.ended_at)), oneLine: true },
    { key: "attempts", title: t("failed.attempts"), cell: (row) => row.attempts, end: true, wideOnly: true },
    { key: "error", title: t("failed.error"), cell: (row) => row.error ?? "" },
  ];
  return (
    <>
      <PageHeader title={t("failed.title")} about={t("failed.about")} />
      {query.isPending ? (
        <RowsSkeleton rows={6} columns={4} />
      ) : query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : rows.length === 0 ? (
        <EmptyState title={t("failed.empty")}>{t("failed.emptyText")}</EmptyState>
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
