/** A team and its rota, to be changed by an admin. */
import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCan } from "../../api/me";
import type { OnCallTeam } from "../../api/types";
import { EmptyState } from "../../components/EmptyState";
import { ErrorState } from "../../components/ErrorState";
import { FormDialog } from "../../components/FormDialog";
import { PageHeader } from "../../components/PageHeader";
import { RowsSkeleton } from "../../components/Skeletons";
import { Problem } from "../../lib/api";
import { draftOf, newDraft } from "./draft";
import classes from "./oncall.module.css";
import { teamsOptions, useDeleteTeam } from "./queries";
import { TeamForm } from "./TeamForm";
import { viewerZone } from "./zone";

/** `teamId` null: a new team. */
export function TeamEditorPage({ teamId }: { readonly teamId: string | null }) {
  const { t } = useTranslation("oncall");
  const query = useQuery(teamsOptions);
  const mayEdit = useCan("on_call:update");
  const team = query.data?.items.find(({ id }) => id === teamId) ?? null;
  return (
    <div className={classes.editor}>
      <Link to="/on-call" search={teamId ? { team: teamId } : {}}>
        {t("backToOnCall")}
      </Link>
      {query.isPending ? (
        <RowsSkeleton columns={2} />
      ) : !mayEdit ? (
        <ErrorState error={new Problem(403, "", "")} />
      ) : !query.data ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : teamId !== null && team === null ? (
        <EmptyState title={t("editor.gone")}>{t("editor.goneText")}</EmptyState>
      ) : (
        <Editor team={team} teams={query.data.items} />
      )}
    </div>
  );
}

function Editor({ team, teams }: { readonly team: OnCallTeam | null; readonly teams: readonly OnCallTeam[] }) {
  const { t } = useTranslation("oncall");
  const client = useQueryClient();
  const navigate = useNavigate();
  // What the form began with: what others save meanwhile must not change it under the hands.
  const [begun, setBegun] = useState(() => ({
    draft: team ? draftOf(team) : newDraft(viewerZone(), teams),
    number: 0,
  }));
  const [deleting, setDeleting] = useState(false);
  const loadNewer = async () => {
    const { items } = await client.fetchQuery({ ...teamsOptions, staleTime: 0 });
    const newer = items.find(({ id }) => id === team?.id);
    if (newer) setBegun(({ number }) => ({ draft: draftOf(newer), number: number + 1 }));
  };
  const back = (id: string | null) => void navigate({ to: "/on-call", search: id ? { team: id } : {} });
  return (
    <>
      <PageHeader
        title={team ? t("editor.editTitle", { team: team.title }) : t("editor.newTitle")}
        about={t("editor.about")}
        actions={
          team && (
            <Button variant="default" onClick={() => setDeleting(true)}>
              {t("editor.delete")}
            </Button>
          )
        }
      />
      <TeamForm
        key={begun.number}
        id={team?.id ?? null}
        start={begun.draft}
        onSaved={(saved) => back(saved.id)}
        onCancel={() => back(team?.id ?? null)}
        onLoadNewer={() => void loadNewer()}
      />
      {deleting && team && <DeleteTeam team={team} onClose={() => setDeleting(false)} onDeleted={() => back(null)} />}
    </>
  );
}

interface DeleteTeamProps {
  readonly team: OnCallTeam;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}

function DeleteTeam({ team, onClose, onDeleted }: DeleteTeamProps) {
  const { t } = useTranslation("oncall");
  const remove = useDeleteTeam();
  return (
    <FormDialog
      title={t("editor.deleteTitle", { team: team.title })}
      submitLabel={t("editor.delete")}
      onClose={onClose}
      onSubmit={(event) => {
        event.preventDefault();
        remove.mutate(team.id, { onSuccess: onDeleted });
      }}
      busy={remove.isPending}
      failure={remove.error}
    >
      <p>{t("editor.deleteText")}</p>
    </FormDialog>
  );
}
