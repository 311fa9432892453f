/** One team: whom it looks after, its days ahead, and the cover to come. */
import { ActionIcon, Button, SegmentedControl } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconArrowsExchange, IconChevronLeft, IconChevronRight, IconPencil } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { OnCallTeam } from "../../api/types";
import { ErrorState } from "../../components/ErrorState";
import { RowsSkeleton } from "../../components/Skeletons";
import { useNow } from "../../lib/useNow";
import { CoverDialog, type CoverStart } from "./CoverDialog";
import { CoverList } from "./CoverList";
import classes from "./oncall.module.css";
import { layoutOptions } from "./queries";
import { RotaCalendar } from "./RotaCalendar";
import { RotaList, RotaTable } from "./RotaTable";
import { type CoverRights, mayCover, useCoverRights } from "./rights";
import { type Bar, barsOf, type Day, daysFrom, roles, viewDays } from "./rota";
import { clockText, dayText, listText } from "./words";
import { addDays, dayOf, startOfDay, viewerZone } from "./zone";

const hour = 3_600_000;

export function TeamRota({ team }: { readonly team: OnCallTeam }) {
  const { t } = useTranslation("oncall");
  const now = useNow(10_000);
  const rights = useCoverRights();
  const [shift, setShift] = useState(0);
  const [asTable, setAsTable] = useState(false);
  const [covering, setCovering] = useState<CoverStart | null>(null);
  const [said, setSaid] = useState("");
  const zone = team.time_zone;
  const days = daysFrom(addDays(dayOf(now, zone), shift), viewDays, zone);
  const cover = (bar: Bar) =>
    setCovering({
      role: bar.role,
      start: Math.max(bar.start, now),
      end: bar.end,
      insteadOf: bar.person?.id ?? null,
    });
  return (
    <section className={classes.section} aria-label={team.title}>
      <TeamHead team={team} rights={rights} onTake={() => setCovering(nextHours(team, rights, now))} />
      <p role="status" className={said ? undefined : classes.empty}>
        {said}
      </p>
      <RotaBar days={days} shift={shift} onShift={setShift} asTable={asTable} onAsTable={setAsTable} />
      <p className={classes.quiet}>
        {zone !== viewerZone() && `${t("clock", { zone, time: clockText(now, zone) })} `}
        {(rights.all || rights.own.length > 0) && t("pressToCover")}
      </p>
      <Rota team={team} days={days} now={now} rights={rights} asTable={asTable} onCover={cover} />
      <CoverList team={team} rights={rights} now={now} onRemoved={setSaid} />
      {covering && (
        <CoverDialog
          team={team}
          rights={rights}
          from={covering}
          onClose={() => setCovering(null)}
          onDone={(text) => {
            setCovering(null);
            setSaid(text);
          }}
        />
      )}
    </section>
  );
}

/** A shift that is taken without a span being chosen: from the coming full hour, eight hours. */
function nextHours(team: OnCallTeam, rights: CoverRights, now: number): CoverStart {
  const first = startOfDay(dayOf(now, team.time_zone), team.time_zone);
  const start = first + Math.ceil((now - first) / hour) * hour;
  return { role: rights.own[0] ?? "nurse", start, end: start + 8 * hour, insteadOf: null };
}

function whomText(team: OnCallTeam, t: TFunction<"oncall">): string {
  const parts = [
    ...team.wards.map((ward) => t("wardNamed", { ward })),
    ...(team.patient_ids.length > 0 ? [t("namedPatients", { count: team.patient_ids.length })] : []),
    ...(team.for_everybody ? [t("everybody")] : []),
  ];
  return t("looksAfter", { whom: parts.length > 0 ? listText(parts) : t("nobodyYet") });
}

interface TeamHeadProps {
  readonly team: OnCallTeam;
  readonly rights: CoverRights;
  readonly onTake: () => void;
}

function TeamHead({ team, rights, onTake }: TeamHeadProps) {
  const { t } = useTranslation("oncall");
  return (
    <header className={classes.teamHead}>
      <div>
        <h2>{team.title}</h2>
        <p className={classes.quiet}>{whomText(team, t)}</p>
      </div>
      <div className={classes.actions}>
        {(rights.all || rights.own.length > 0) && (
          <Button leftSection={<IconArrowsExchange size={16} aria-hidden="true" />} onClick={onTake}>
            {t(rights.all ? "addCover" : "takeShift")}
          </Button>
        )}
        {rights.all && (
          <Button
            variant="default"
            leftSection={<IconPencil size={16} aria-hidden="true" />}
            renderRoot={(props) => <Link to="/on-call/$teamId/edit" params={{ teamId: team.id }} {...props} />}
          >
            {t("editTeam")}
          </Button>
        )}
      </div>
    </header>
  );
}

interface RotaBarProps {
  readonly days: readonly Day[];
  readonly shift: number;
  readonly onShift: (shift: number) => void;
  readonly asTable: boolean;
  readonly onAsTable: (asTable: boolean) => void;
}

function RotaBar({ days, shift, onShift, asTable, onAsTable }: RotaBarProps) {
  const { t } = useTranslation("oncall");
  const range = t("fromTo", { from: dayText(days[0]?.day ?? ""), to: dayText(days.at(-1)?.day ?? "") });
  return (
    <div className={classes.rotaBar}>
      <ActionIcon
        variant="default"
        size={36}
        className={classes.tall}
        aria-label={t("earlier")}
        onClick={() => onShift(shift - viewDays)}
      >
        <IconChevronLeft size={18} aria-hidden="true" />
      </ActionIcon>
      <Button variant="default" className={classes.tall} disabled={shift === 0} onClick={() => onShift(0)}>
        {t("today")}
      </Button>
      <ActionIcon
        variant="default"
        size={36}
        className={classes.tall}
        aria-label={t("later")}
        onClick={() => onShift(shift + viewDays)}
      >
        <IconChevronRight size={18} aria-hidden="true" />
      </ActionIcon>
      <strong aria-live="polite">{range}</strong>
      <SegmentedControl
        size="xs"
        className={classes.wideOnly}
        aria-label={t("view")}
        data={[
          { value: "calendar", label: t("calendar") },
          { value: "table", label: t("table") },
        ]}
        value={asTable ? "table" : "calendar"}
        onChange={(value) => onAsTable(value === "table")}
      />
    </div>
  );
}

interface RotaViewProps {
  readonly team: OnCallTeam;
  readonly days: readonly Day[];
  readonly now: number;
  readonly rights: CoverRights;
  readonly asTable: boolean;
  readonly onCover: (bar: Bar) => void;
}

function Rota({ team, days, now, rights, asTable, onCover }: RotaViewProps) {
  const { t } = useTranslation("oncall");
  const wide = useMediaQuery("(min-width: 48em)", true, { getInitialValueInEffect: false });
  const query = useQuery(layoutOptions(team.id, days[0]?.start ?? now, days.at(-1)?.end ?? now));
  if (query.isPending) return <RowsSkeleton rows={6} columns={7} />;
  if (!query.data) {
    return <ErrorState title={t("rotaFailed")} error={query.error} onRetry={() => void query.refetch()} />;
  }
  const [nurse, doctor] = roles.map((role) => barsOf(query.data.spans, team, role));
  const View = !wide ? RotaList : asTable ? RotaTable : RotaCalendar;
  return (
    <View
      team={team}
      days={days}
      bars={{ nurse: nurse ?? [], doctor: doctor ?? [] }}
      now={now}
      mayCover={(role) => mayCover(rights, role)}
      onCover={onCover}
    />
  );
}
