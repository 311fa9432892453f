/** The people one cares for, as far as they share. */
import { IconHeartHandshake } from "@tabler/icons-react";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Patient } from "../../../api/types";
import { EmptyState } from "../../../components/EmptyState";
import { ErrorState } from "../../../components/ErrorState";
import { PageHeader } from "../../../components/PageHeader";
import { CardsSkeleton } from "../../../components/Skeletons";
import { getAll } from "../../../lib/api";
import { PersonCard } from "../components/PersonCard";
import classes from "../family.module.css";

const sharedOptions = queryOptions({
  queryKey: ["patients", "shared"],
  queryFn: ({ signal }) => getAll<Patient>("/patients", {}, signal),
});

export function FamilyPage() {
  const { t } = useTranslation("family");
  const query = useQuery(sharedOptions);
  if (query.isPending) return <CardsSkeleton cards={2} height={220} />;
  if (!query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <>
      <PageHeader title={t("title")} about={t("about")} />
      {query.data.length === 0 ? (
        <EmptyState icon={<IconHeartHandshake />} title={t("emptyTitle")}>
          {t("emptyText")}
        </EmptyState>
      ) : (
        <ul className={classes.people}>
          {query.data.map((patient) => (
            <PersonCard key={patient.id} patient={patient} />
          ))}
        </ul>
      )}
    </>
  );
}
