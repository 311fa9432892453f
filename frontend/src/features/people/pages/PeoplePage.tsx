/** Everyone who can sign in. */
import { Button } from "@mantine/core";
import { IconPlus, IconUsers } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { User } from "../../../api/types";
import { type Column, DataTable } from "../../../components/DataTable";
import { EmptyState } from "../../../components/EmptyState";
import { ErrorState } from "../../../components/ErrorState";
import { PageHeader } from "../../../components/PageHeader";
import { SearchBox } from "../../../components/SearchBox";
import { RowsSkeleton } from "../../../components/Skeletons";
import { StatusPill } from "../../../components/StatusPill";
import { formatAgo } from "../../../lib/format";
import { useNow } from "../../../lib/useNow";
import { usersOptions } from "../api/users";
import { AddPersonDialog, EditPersonDialog } from "../components/PersonDialog";

type Dialog = { readonly kind: "add" } | { readonly kind: "edit"; readonly user: User };

export function PeoplePage() {
  const { t } = useTranslation("people");
  const [search, setSearch] = useState("");
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const [said, setSaid] = useState("");
  const close = () => setDialog(null);
  const saved = (name: string) => {
    close();
    setSaid(t("saved", { name }));
  };
  return (
    <>
      <PageHeader
        title={t("title")}
        about={t("about")}
        actions={
          <>
            <SearchBox label={t("find")} onSearch={setSearch} />
            <Button leftSection={<IconPlus size={16} aria-hidden="true" />} onClick={() => setDialog({ kind: "add" })}>
              {t("add")}
            </Button>
          </>
        }
      />
      <p role="status" className="quiet">
        {said}
      </p>
      <PeopleTable search={search} onEdit={(user) => setDialog({ kind: "edit", user })} />
      {dialog?.kind === "add" && <AddPersonDialog onClose={close} onSaved={saved} />}
      {dialog?.kind === "edit" && <EditPersonDialog user={dialog.user} onClose={close} onSaved={saved} />}
    </>
  );
}

function PeopleTable({ search, onEdit }: { readonly search: string; readonly onEdit: (user: User) => void }) {
  const { t } = useTranslation("people");
  const query = useInfiniteQuery(usersOptions(search));
  const columns = useColumns(onEdit);
  if (query.isPending) return <RowsSkeleton columns={5} />;
  if (!query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const rows = query.data.pages.flatMap((page) => page.items);
  if (rows.length === 0) {
    return (
      <EmptyState icon={<IconUsers />} title={search ? t("common:filterEmpty") : t("empty")}>
        {search ? t("common:filterEmptyText") : t("emptyText")}
      </EmptyState>
    );
  }
  return (
    <DataTable
      caption={t("title")}
      columns={columns}
      rows={rows}
      rowKey={(user) => user.id}
      dimmed={(user) => !user.enabled}
      onMore={query.hasNextPage ? () => void query.fetchNextPage() : undefined}
      loadingMore={query.isFetchingNextPage}
    />
  );
}

function useColumns(onEdit: (user: User) => void): readonly Column<User>[] {
  const { t } = useTranslation("people");
  const now = useNow();
  return [
    { key: "name", title: t("name"), cell: (user) => user.name },
    { key: "username", title: t("username"), cell: (user) => user.username, wideOnly: true },
    { key: "roles", title: t("roles"), cell: (user) => user.roles.map((role) => t(`common:role.${role}`)).join(", ") },
    {
      key: "state",
      title: t("state"),
      cell: (user) => (
        <StatusPill tone={user.enabled ? "good" : "off"}>{t(user.enabled ? "enabled" : "disabled")}</StatusPill>
      ),
      wideOnly: true,
    },
    {
      key: "seen",
      title: t("lastSignIn"),
      cell: (user) =>
        user.last_sign_in_at === null ? t("common:never") : formatAgo(now - Date.parse(user.last_sign_in_at)),
      wideOnly: true,
    },
    {
      key: "edit",
      title: t("edit"),
      untitled: true,
      end: true,
      cell: (user) => (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={t("editOf", { name: user.name })}
          onClick={() => onEdit(user)}
        >
          {t("edit")}
        </Button>
      ),
    },
  ];
}
