/** Who is on call: every team now, and one team's days ahead. */
import { Button, Select } from "@mantine/core";
import { IconPhoneCall, IconPlus, IconStairsUp } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCan } from "../../api/me";
import type { OnCallTeam } from "../../api/types";
import { EmptyState } from "../../components/EmptyState";
import { ErrorState } from "../../components/ErrorState";
import { PageHeader } from "../../components/PageHeader";
import { CardsSkeleton } from "../../components/Skeletons";
import { NowCard } from "./NowCard";
import classes from "./oncall.module.css";
import { teamsOptions } from "./queries";
import { TeamRota } from "./TeamRota";

export function OnCallPage({ teamId = null }: { readonly teamId?: string | null }) {
  const { t } = useTranslation("oncall");
  const query = useQuery(teamsOptions);
  const mayEdit = useCan("on_call:update");
  return (
    <>
      <PageHeader
        title={t("title")}
        about={t("about")}
        actions={
          <>
            <Button
              variant="default"
              leftSection={<IconStairsUp size={16} aria-hidden="true" />}
              renderRoot={(props) => <Link to="/admin/escalation" {...props} />}
            >
              {t("escalation")}
            </Button>
            {mayEdit && <AddTeam />}
          </>
        }
      />
      {query.data ? (
        <Teams teams={query.data.items} first={teamId} />
      ) : query.isPending ? (
        <CardsSkeleton cards={2} height={132} />
      ) : (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      )}
    </>
  );
}

function AddTeam() {
  const { t } = useTranslation("oncall");
  return (
    <Button
      leftSection={<IconPlus size={16} aria-hidden="true" />}
      renderRoot={(props) => <Link to="/on-call/new" {...props} />}
    >
      {t("addTeam")}
    </Button>
  );
}

function Teams({ teams, first }: { readonly teams: readonly OnCallTeam[]; readonly first: string | null }) {
  const { t } = useTranslation("oncall");
  const mayEdit = useCan("on_call:update");
  const [chosenId, setChosenId] = useState(first);
  const chosen = teams.find(({ id }) => id === chosenId) ?? teams[0];
  if (!chosen) {
    return (
      <EmptyState icon={<IconPhoneCall />} title={t("noTeams")} action={mayEdit && <AddTeam />}>
        {t(mayEdit ? "noTeamsText" : "noTeamsAsk")}
      </EmptyState>
    );
  }
  return (
    <div className={classes.page}>
      <section aria-label={t("now")}>
        <h2 className={classes.sectionTitle}>{t("now")}</h2>
        <div className={classes.nowCards}>
          {teams.map((team) => (
            <NowCard key={team.id} team={team} />
          ))}
        </div>
      </section>
      {teams.length > 1 && (
        <Select
          label={t("team")}
          className={classes.teamSelect}
          data={teams.map(({ id, title }) => ({ value: id, label: title }))}
          value={chosen.id}
          onChange={(id) => setChosenId(id)}
          allowDeselect={false}
        />
      )}
      <TeamRota key={chosen.id} team={chosen} />
    </div>
  );
}
