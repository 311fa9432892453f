/** The plans that professionals start from. */
import { Button } from "@mantine/core";
import { IconPlus, IconTemplate } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PlanTemplate } from "../../api/types";
import { vitalSignsOptions } from "../../api/vitalSigns";
import { type Column, DataTable } from "../../components/DataTable";
import { EmptyState } from "../../components/EmptyState";
import { ErrorState } from "../../components/ErrorState";
import { FormDialog } from "../../components/FormDialog";
import { PageHeader } from "../../components/PageHeader";
import { RowsSkeleton } from "../../components/Skeletons";
import classes from "./plan.module.css";
import { templatesOptions, useDeleteTemplate } from "./queries";
import { TemplateDialog } from "./TemplateDialog";
import { scheduleWords } from "./words";

type Dialog = { readonly kind: "write" | "delete"; readonly template: PlanTemplate; readonly isNew: boolean };

export function TemplatesPage() {
  const { t } = useTranslation("plan");
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const [said, setSaid] = useState("");
  const done = (message: string) => {
    setDialog(null);
    setSaid(message);
  };
  return (
    <>
      <PageHeader
        title={t("templates.title")}
        about={t("templates.about")}
        actions={
          <Button
            leftSection={<IconPlus size={16} aria-hidden="true" />}
            onClick={() => setDialog({ kind: "write", template: newTemplate(), isNew: true })}
          >
            {t("templates.add")}
          </Button>
        }
      />
      <p role="status" className="quiet">
        {said}
      </p>
      <Templates
        onEdit={(template) => setDialog({ kind: "write", template, isNew: false })}
        onDelete={(template) => setDialog({ kind: "delete", template, isNew: false })}
      />
      {dialog?.kind === "write" && (
        <TemplateDialog
          template={dialog.template}
          isNew={dialog.isNew}
          onClose={() => setDialog(null)}
          onSaved={(title) => done(t("templates.saved", { title }))}
        />
      )}
      {dialog?.kind === "delete" && (
        <DeleteDialog
          template={dialog.template}
          onClose={() => setDialog(null)}
          onDeleted={() => done(t("templates.deleted", { title: dialog.template.title }))}
        />
      )}
    </>
  );
}

function newTemplate(): PlanTemplate {
  return { id: `t_${crypto.randomUUID().replaceAll("-", "").slice(0, 12)}`, title: "", items: [] };
}

interface TemplatesProps {
  readonly onEdit: (template: PlanTemplate) => void;
  readonly onDelete: (template: PlanTemplate) => void;
}

function Templates({ onEdit, onDelete }: TemplatesProps) {
  const { t } = useTranslation("plan");
  const query = useQuery(templatesOptions);
  const table = useQuery(vitalSignsOptions);
  if (query.isPending) return <RowsSkeleton columns={3} />;
  if (!query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data.items.length === 0) {
    return (
      <EmptyState icon={<IconTemplate />} title={t("templates.empty")}>
        {t("templates.emptyText")}
      </EmptyState>
    );
  }
  const name = (code: string) => table.data?.items.find((sign) => sign.code === code)?.display ?? code;
  const columns: readonly Column<PlanTemplate>[] = [
    { key: "title", title: t("templates.name"), cell: (template) => template.title },
    {
      key: "items",
      title: t("templates.items"),
      wideOnly: true,
      cell: (template) =>
        template.items.map((item) => `${name(item.code)}: ${scheduleWords(item.schedule, t)}`).join("; "),
    },
    {
      key: "actions",
      title: t("edit"),
      untitled: true,
      end: true,
      cell: (template) => (
        <span className={classes.actions}>
          <Button
            size="compact-sm"
            variant="default"
            aria-label={t("editOf", { item: template.title })}
            onClick={() => onEdit(template)}
          >
            {t("edit")}
          </Button>
          <Button
            size="compact-sm"
            variant="subtle"
            aria-label={t("templates.deleteOf", { title: template.title })}
            onClick={() => onDelete(template)}
          >
            {t("templates.delete")}
          </Button>
        </span>
      ),
    },
  ];
  return (
    <DataTable
      caption={t("templates.title")}
      columns={columns}
      rows={query.data.items}
      rowKey={(template) => template.id}
    />
  );
}

interface DeleteDialogProps {
  readonly template: PlanTemplate;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}

function DeleteDialog({ template, onClose, onDeleted }: DeleteDialogProps) {
  const { t } = useTranslation("plan");
  const remove = useDeleteTemplate();
  return (
    <FormDialog
      title={t("templates.deleteTitle", { title: template.title })}
      submitLabel={t("templates.delete")}
      onClose={onClose}
      onSubmit={(event) => {
        event.preventDefault();
        remove.mutate(template.id, { onSuccess: onDeleted });
      }}
      busy={remove.isPending}
      failure={remove.error}
    >
      <p>{t("templates.deleteText")}</p>
    </FormDialog>
  );
}
