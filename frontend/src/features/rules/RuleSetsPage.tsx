/** Named sets of rules that professionals apply to patients. */
import { Button } from "@mantine/core";
import { IconAdjustments, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RuleTemplate } from "../../api/types";
import { vitalSignsOptions } from "../../api/vitalSigns";
import { type Column, DataTable } from "../../components/DataTable";
import { EmptyState } from "../../components/EmptyState";
import { ErrorState } from "../../components/ErrorState";
import { FormDialog } from "../../components/FormDialog";
import { PageHeader } from "../../components/PageHeader";
import { RowsSkeleton } from "../../components/Skeletons";
import { ruleTemplatesOptions, useDeleteRuleTemplate } from "./queries";
import classes from "./rules.module.css";

export function RuleSetsPage() {
  const { t } = useTranslation("rules");
  const [deleting, setDeleting] = useState<RuleTemplate | null>(null);
  const [said, setSaid] = useState("");
  return (
    <>
      <PageHeader
        title={t("sets.title")}
        about={t("sets.about")}
        actions={
          <Button component={Link} to="/admin/rule-sets/new" leftSection={<IconPlus size={16} aria-hidden="true" />}>
            {t("sets.add")}
          </Button>
        }
      />
      <p role="status" className="quiet">
        {said}
      </p>
      <Sets onDelete={setDeleting} />
      {deleting && (
        <DeleteDialog
          set={deleting}
          onClose={() => setDeleting(null)}
          onDeleted={() => {
            setDeleting(null);
            setSaid(t("sets.deleted", { title: deleting.title }));
          }}
        />
      )}
    </>
  );
}

function Sets({ onDelete }: { readonly onDelete: (set: RuleTemplate) => void }) {
  const { t } = useTranslation("rules");
  const query = useQuery(ruleTemplatesOptions);
  const signs = useQuery(vitalSignsOptions).data?.items ?? [];
  if (query.isPending) return <RowsSkeleton columns={4} />;
  if (!query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data.items.length === 0) {
    return (
      <EmptyState icon={<IconAdjustments />} title={t("sets.empty")}>
        {t("sets.emptyText")}
      </EmptyState>
    );
  }
  const name = (code: string) => signs.find((sign) => sign.code === code)?.display ?? code;
  const columns: readonly Column<RuleTemplate>[] = [
    {
      key: "title",
      title: t("sets.name"),
      cell: (set) => (
        <Link to="/admin/rule-sets/$setId" params={{ setId: set.id }}>
          {set.title}
        </Link>
      ),
    },
    {
      key: "rules",
      title: t("sets.rules"),
      wideOnly: true,
      cell: (set) =>
        [
          set.rules.map((rule) => name(rule.code)).join(", "),
          ...set.combinations.map((rule) => rule.title),
          ...set.stale.map((rule) => t("others.silence", { what: name(rule.code), hours: rule.hours ?? 0 })),
        ]
          .filter((words) => words !== "")
          .join("; "),
    },
    { key: "patients", title: t("sets.patients"), end: true, cell: (set) => set.patients },
    {
      key: "actions",
      title: t("sets.delete"),
      untitled: true,
      end: true,
      cell: (set) => (
        <Button
          size="compact-sm"
          variant="subtle"
          aria-label={`${t("sets.delete")}: ${set.title}`}
          onClick={() => onDelete(set)}
        >
          {t("sets.delete")}
        </Button>
      ),
    },
  ];
  return <DataTable caption={t("sets.title")} columns={columns} rows={query.data.items} rowKey={(set) => set.id} />;
}

interface DeleteDialogProps {
  readonly set: RuleTemplate;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}

function DeleteDialog({ set, onClose, onDeleted }: DeleteDialogProps) {
  const { t } = useTranslation("rules");
  const remove = useDeleteRuleTemplate();
  return (
    <FormDialog
      title={t("sets.deleteTitle", { title: set.title })}
      submitLabel={t("sets.delete")}
      onClose={onClose}
      onSubmit={(event) => {
        event.preventDefault();
        remove.mutate(set.id, { onSuccess: onDeleted });
      }}
      busy={remove.isPending}
      failure={remove.error}
    >
      <p className={classes.quiet}>{t("sets.deleteText", { count: set.patients })}</p>
    </FormDialog>
  );
}
