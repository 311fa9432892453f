/** Every patient the reader may see. */
import { Button } from "@mantine/core";
import { IconPlus, IconUsers } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCan } from "../../../api/me";
import type { Patient } from "../../../api/types";
import { type Column, DataTable } from "../../../components/DataTable";
import { EmptyState } from "../../../components/EmptyState";
import { ErrorState } from "../../../components/ErrorState";
import { PageHeader } from "../../../components/PageHeader";
import { SearchBox } from "../../../components/SearchBox";
import { RowsSkeleton } from "../../../components/Skeletons";
import { formatDate } from "../../../lib/format";
import { patientsOptions } from "../api/patients";
import { AddPatientDialog, EditPatientDialog } from "../components/PatientDialog";

type Dialog = { readonly kind: "add" } | { readonly kind: "edit"; readonly patient: Patient };

export function PatientsPage() {
  const { t } = useTranslation("patients");
  const [search, setSearch] = useState("");
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const [said, setSaid] = useState("");
  const mayAdd = useCan("patient:create");
  const close = () => setDialog(null);
  const saved = (patient: Patient) => {
    close();
    setSaid(t("saved", { name: patient.name }));
  };
  return (
    <>
      <PageHeader
        title={t("title")}
        about={t("about")}
        actions={
          <>
            <SearchBox label={t("find")} onSearch={setSearch} />
            {mayAdd && (
              <Button
                leftSection={<IconPlus size={16} aria-hidden="true" />}
                onClick={() => setDialog({ kind: "add" })}
              >
                {t("add")}
              </Button>
            )}
          </>
        }
      />
      <p role="status" className="quiet">
        {said}
      </p>
      <PatientsTable search={search} onEdit={(patient) => setDialog({ kind: "edit", patient })} />
      {dialog?.kind === "add" && <AddPatientDialog onClose={close} onSaved={saved} />}
      {dialog?.kind === "edit" && <EditPatientDialog patient={dialog.patient} onClose={close} onSaved={saved} />}
    </>
  );
}

interface TableProps {
  readonly search: string;
  readonly onEdit: (patient: Patient) => void;
}

function PatientsTable({ search, onEdit }: TableProps) {
  const { t } = useTranslation("patients");
  const query = useInfiniteQuery(patientsOptions(search));
  const columns = useColumns(onEdit);
  const mayAdd = useCan("patient:create");
  if (query.isPending) return <RowsSkeleton columns={5} />;
  if (!query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const rows = query.data.pages.flatMap((page) => page.items);
  if (rows.length === 0) {
    return (
      <EmptyState icon={<IconUsers />} title={search ? t("common:filterEmpty") : t("empty")}>
        {search ? t("common:filterEmptyText") : t(mayAdd ? "emptyText" : "emptyReader")}
      </EmptyState>
    );
  }
  return (
    <DataTable
      caption={t("title")}
      columns={columns}
      rows={rows}
      rowKey={(patient) => patient.id}
      onMore={query.hasNextPage ? () => void query.fetchNextPage() : undefined}
      loadingMore={query.isFetchingNextPage}
    />
  );
}

function useColumns(onEdit: (patient: Patient) => void): readonly Column<Patient>[] {
  const { t } = useTranslation("patients");
  const mayRead = useCan("observation:read");
  const mayEdit = useCan("patient:update");
  const edit: Column<Patient> = {
    key: "edit",
    title: t("edit"),
    untitled: true,
    end: true,
    cell: (patient) => (
      <Button
        size="compact-sm"
        variant="default"
        aria-label={t("editOf", { name: patient.name })}
        onClick={() => onEdit(patient)}
      >
        {t("edit")}
      </Button>
    ),
  };
  return [
    {
      key: "name",
      title: t("name"),
      cell: (patient) =>
        mayRead ? (
          <Link to="/patients/$patientId" params={{ patientId: patient.id }}>
            {patient.name}
          </Link>
        ) : (
          patient.name
        ),
    },
    {
      key: "born",
      title: t("born"),
      cell: (patient) => t("bornAge", { date: formatDate(patient.birth_date), age: patient.age_years }),
    },
    { key: "identifier", title: t("identifier"), cell: (patient) => patient.identifier ?? "–", wideOnly: true },
    {
      key: "place",
      title: t("place"),
      cell: (patient) => [patient.ward, patient.room].filter(Boolean).join(" · ") || "–",
    },
    {
      key: "account",
      title: t("account"),
      cell: (patient) => <span className="quiet">{t(patient.user_id === null ? "notLinked" : "linked")}</span>,
      wideOnly: true,
    },
    ...(mayEdit ? [edit] : []),
  ];
}
