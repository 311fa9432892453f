/** Taking a shift, or putting somebody on call for a while. Times are on the team's clock. */
import { SegmentedControl, Select, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "../../api/me";
import type { OnCallRole, OnCallTeam } from "../../api/types";
import { FormDialog } from "../../components/FormDialog";
import { fieldErrors } from "./fieldErrors";
import classes from "./oncall.module.css";
import { colleaguesOptions, useAddCover } from "./queries";
import { type CoverRights, mayCover } from "./rights";
import { roles } from "./rota";
import { spanText } from "./words";
import { instantOf, viewerZone, wallTime } from "./zone";

/** What a chosen span of the rota says already. */
export interface CoverStart {
  readonly role: OnCallRole;
  readonly start: number;
  readonly end: number;
  readonly insteadOf: string | null;
}

interface CoverDialogProps {
  readonly team: OnCallTeam;
  readonly rights: CoverRights;
  readonly from: CoverStart;
  readonly onClose: () => void;
  readonly onDone: (said: string) => void;
}

interface Draft {
  readonly role: OnCallRole;
  readonly who: string | null;
  readonly from: string;
  readonly to: string;
  readonly insteadOf: string | null;
  readonly note: string;
}

export function CoverDialog({ team, rights, from, onClose, onDone }: CoverDialogProps) {
  const { t } = useTranslation("oncall");
  const me = useMe();
  const zone = team.time_zone;
  const isOwn = (role: OnCallRole) => rights.own.includes(role) && from.insteadOf !== me.id;
  const [draft, setDraft] = useState<Draft>({
    role: from.role,
    who: isOwn(from.role) ? me.id : null,
    from: wallTime(from.start, zone),
    to: wallTime(from.end, zone),
    insteadOf: from.insteadOf,
    note: "",
  });
  const [tried, setTried] = useState(false);
  const add = useAddCover(team.id);
  const set = (more: Partial<Draft>) => setDraft({ ...draft, ...more });
  const start = instantOf(draft.from, zone);
  const end = instantOf(draft.to, zone);
  const who = rights.all ? draft.who : me.id;
  const server = fieldErrors(add.error);
  const fault = {
    from: Number.isNaN(start) ? t("cover.needTimes") : null,
    to: Number.isNaN(end) ? t("cover.needTimes") : end <= start ? t("cover.needOrder") : null,
    who: who === null ? t("cover.needPerson") : null,
  };
  const send = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (fault.from || fault.to || who === null) return;
    const body = {
      role: draft.role,
      user_id: who,
      instead_of: draft.insteadOf,
      start: new Date(start).toISOString(),
      end: new Date(end).toISOString(),
      note: draft.note.trim(),
    };
    add.mutate(body, {
      onSuccess: (changed) => {
        const cover = changed.cover.find((each) => !team.cover.some(({ id }) => id === each.id));
        onDone(t("cover.done", { name: cover?.person.name ?? "", when: spanText(start, end, zone, t) }));
      },
    });
  };
  const clock = zone === viewerZone() ? undefined : t("cover.onClock", { zone });
  const offered = roles.filter((role) => mayCover(rights, role));
  return (
    <FormDialog
      title={t(rights.all ? "cover.addTitle" : "cover.takeTitle")}
      submitLabel={t(rights.all ? "cover.add" : "cover.take")}
      onClose={onClose}
      onSubmit={send}
      busy={add.isPending}
      failure={add.error}
    >
      {!rights.all && <p className={classes.quiet}>{t("cover.takeAbout", { team: team.title })}</p>}
      {offered.length > 1 && (
        <div>
          <SegmentedControl
            aria-label={t("cover.role")}
            fullWidth
            data={offered.map((role) => ({ value: role, label: t(`roleTitle.${role}`) }))}
            value={draft.role}
            onChange={(value) => set({ role: value, insteadOf: null, who: isOwn(value) ? me.id : null })}
          />
        </div>
      )}
      {rights.all && (
        <WhoSelect
          role={draft.role}
          value={draft.who}
          onChange={(id) => set({ who: id })}
          error={(tried && fault.who) || server.at("user_id")}
        />
      )}
      <div className={classes.twoFields}>
        <TextInput
          type="datetime-local"
          label={t("cover.from")}
          description={clock}
          value={draft.from}
          onChange={(event) => set({ from: event.currentTarget.value })}
          error={(tried && fault.from) || server.at("start")}
        />
        <TextInput
          type="datetime-local"
          label={t("cover.to")}
          description={clock}
          value={draft.to}
          onChange={(event) => set({ to: event.currentTarget.value })}
          error={(tried && fault.to) || server.at("end")}
        />
      </div>
      <InsteadSelect
        team={team}
        role={draft.role}
        who={who}
        value={draft.insteadOf}
        onChange={(insteadOf) => set({ insteadOf })}
        error={server.at("instead_of")}
      />
      <Textarea
        label={t("cover.note")}
        value={draft.note}
        onChange={(event) => set({ note: event.currentTarget.value })}
        maxLength={500}
        autosize
        minRows={1}
        error={server.at("note")}
      />
    </FormDialog>
  );
}

interface SelectProps {
  readonly role: OnCallRole;
  readonly value: string | null;
  readonly onChange: (id: string | null) => void;
  readonly error: string | null | false;
}

function WhoSelect({ role, value, onChange, error }: SelectProps) {
  const { t } = useTranslation("oncall");
  const { data } = useQuery(colleaguesOptions);
  const people = (data?.items ?? []).filter((person) => person.roles.includes(role));
  return (
    <Select
      label={t("cover.who")}
      data={people.map(({ id, name }) => ({ value: id, label: name }))}
      value={value}
      onChange={onChange}
      searchable
      data-autofocus
      error={error}
    />
  );
}

/** Those of the role's shifts; nobody stands for "beside the others". */
function InsteadSelect(props: SelectProps & { readonly team: OnCallTeam; readonly who: string | null }) {
  const { t } = useTranslation("oncall");
  const { team, role, who, value, onChange, error } = props;
  const people = new Map(
    team.shifts
      .filter((shift) => shift.role === role)
      .flatMap((shift) => shift.people)
      .map((person) => [person.id, person]),
  );
  for (const cover of team.cover) if (cover.role === role) people.set(cover.person.id, cover.person);
  const options = [...people.values()].filter(({ id }) => id !== who);
  const nobody = "";
  return (
    <Select
      label={t("cover.whom")}
      data={[
        { value: nobody, label: t("cover.besideAll") },
        ...options.map(({ id, name }) => ({ value: id, label: name || t("goneNamed") })),
      ]}
      value={value !== null && options.some(({ id }) => id === value) ? value : nobody}
      onChange={(chosen) => onChange(chosen || null)}
      allowDeselect={false}
      error={error}
    />
  );
}
