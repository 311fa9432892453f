/** Who looked at the signed-in patient's data. */
import { Switch } from "@mantine/core";
import { IconEye } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "../../../api/me";
import { AuditTable } from "../../../components/AuditTable";
import { EmptyState } from "../../../components/EmptyState";
import { ErrorState } from "../../../components/ErrorState";
import { RowsSkeleton } from "../../../components/Skeletons";
import classes from "../account.module.css";
import { accessLogOptions } from "../api/account";
import { visits } from "../visits";

export function AccessLog() {
  const { t } = useTranslation("account");
  const { id, patient_id: patientId } = useMe();
  const [own, setOwn] = useState(false);
  const query = useInfiniteQuery({ ...accessLogOptions, enabled: patientId !== null });
  if (patientId === null) return <p className="quiet">{t("notPatient")}</p>;
  if (query.isPending) return <RowsSkeleton columns={3} />;
  if (!query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const entries = query.data.pages.flatMap((page) => page.items);
  const rows = visits(entries, own ? null : id);
  if (entries.length === 0) {
    return (
      <EmptyState icon={<IconEye />} title={t("accessEmpty")}>
        {t("accessEmptyText")}
      </EmptyState>
    );
  }
  return (
    <div className={classes.stack}>
      <p className="quiet">{t("accessAbout")}</p>
      <Switch label={t("accessOwn")} checked={own} onChange={(event) => setOwn(event.currentTarget.checked)} />
      {rows.length === 0 && <p>{t("accessOnlyYou")}</p>}
      <AuditTable
        entries={rows}
        plain
        onMore={query.hasNextPage ? () => void query.fetchNextPage() : undefined}
        loadingMore={query.isFetchingNextPage}
      />
    </div>
  );
}
