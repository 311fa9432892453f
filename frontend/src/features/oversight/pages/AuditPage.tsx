/** Who did what with whose data, and why it was allowed or refused. */
import { IconHistory } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { AuditTable } from "../../../components/AuditTable";
import { EmptyState } from "../../../components/EmptyState";
import { ErrorState } from "../../../components/ErrorState";
import { PageHeader } from "../../../components/PageHeader";
import { PatientSelect } from "../../../components/PatientSelect";
import { RowsSkeleton } from "../../../components/Skeletons";
import { auditOptions } from "../api/oversight";
import classes from "../oversight.module.css";

export function AuditPage() {
  const { t } = useTranslation("oversight");
  const { patient = null } = useSearch({ from: "/shell/admin/audit" });
  const navigate = useNavigate();
  const query = useInfiniteQuery(auditOptions(patient));
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <PageHeader
        title={t("audit.title")}
        about={t("audit.about")}
        actions={
          <div className={classes.filter}>
            <PatientSelect
              label={t("audit.patient")}
              placeholder={t("audit.everyone")}
              clearLabel={t("audit.everyone")}
              value={patient}
              onChange={(id) => void navigate({ to: "/admin/audit", search: id === null ? {} : { patient: id } })}
            />
          </div>
        }
      />
      {query.isPending ? (
        <RowsSkeleton columns={5} rows={12} />
      ) : !query.data ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : rows.length === 0 ? (
        <EmptyState icon={<IconHistory />} title={t("audit.empty")}>
          {t("audit.emptyText")}
        </EmptyState>
      ) : (
        <AuditTable
          entries={rows}
          onMore={query.hasNextPage ? () => void query.fetchNextPage() : undefined}
          loadingMore={query.isFetchingNextPage}
        />
      )}
    </>
  );
}
