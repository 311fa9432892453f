/** Entries of the audit log. */
import { useTranslation } from "react-i18next";
import type { AuditEntry } from "../api/types";
import { formatInstant } from "../lib/format";
import { type Column, DataTable } from "./DataTable";
import { StatusPill } from "./StatusPill";

export interface AuditTableProps {
  readonly entries: readonly AuditEntry[];
  /** For the person concerned: without the machinery. */
  readonly plain?: boolean;
  readonly onMore?: (() => void) | undefined;
  readonly loadingMore?: boolean;
}

export function AuditTable({ entries, plain = false, onMore, loadingMore = false }: AuditTableProps) {
  const { t } = useTranslation("common");
  const columns: readonly Column<AuditEntry>[] = [
    { key: "when", title: t("audit.when"), oneLine: true, cell: (entry) => formatInstant(Date.parse(entry.at)) },
    {
      key: "who",
      title: t("audit.who"),
      cell: (entry) => (
        <>
          {entry.actor.name}{" "}
          <span className="quiet">{entry.roles.map((role) => t(`role.${role}`, role)).join(", ")}</span>
        </>
      ),
    },
    {
      key: "did",
      title: t("audit.did"),
      cell: (entry) => t(`audit.action.${entry.action.replace(":", "_")}`, entry.action),
    },
    ...(plain ? [] : machinery(t)),
    {
      key: "outcome",
      title: t("audit.outcome"),
      wideOnly: plain,
      cell: (entry) => (
        <StatusPill tone={entry.outcome === "allowed" ? "good" : "attention"}>{t(`audit.${entry.outcome}`)}</StatusPill>
      ),
    },
  ];
  return (
    <DataTable
      caption={t("audit.title")}
      columns={columns}
      rows={entries}
      rowKey={(entry) => entry.id}
      onMore={onMore}
      loadingMore={loadingMore}
    />
  );
}

function machinery(t: ReturnType<typeof useTranslation>["t"]): readonly Column<AuditEntry>[] {
  return [
    { key: "on", title: t("audit.on"), cell: (entry) => <code>{entry.object}</code>, wideOnly: true },
    {
      key: "why",
      title: t("audit.why"),
      cell: (entry) => <span className="quiet">{entry.relation ?? entry.rule ?? "–"}</span>,
      wideOnly: true,
    },
    {
      key: "from",
      title: t("audit.from"),
      cell: (entry) => <span className="quiet">{entry.from ?? "–"}</span>,
      wideOnly: true,
    },
  ];
}
