/** The fields of a team: its name, its clock, its patients, its shifts. */
import { Button, Select, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { OnCallRole, OnCallTeam } from "../../api/types";
import { newShift, type ShiftDraft, type TeamDraft } from "./draft";
import { fieldErrors } from "./fieldErrors";
import classes from "./oncall.module.css";
import { colleaguesOptions, teamsOptions, useSaveTeam } from "./queries";
import { roles } from "./rota";
import { SaveFailure } from "./SaveFailure";
import { ShiftFields } from "./ShiftFields";
import { TeamPatients } from "./TeamPatients";
import { dayOf } from "./zone";

interface TeamFormProps {
  readonly id: string | null;
  readonly start: TeamDraft;
  readonly onSaved: (team: OnCallTeam) => void;
  readonly onCancel: () => void;
  readonly onLoadNewer: () => void;
}

/** Some browsers leave out what others list; the present one is offered in any case. */
function zones(present: string): string[] {
  return [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone"), present])].sort();
}

export function TeamForm({ id, start, onSaved, onCancel, onLoadNewer }: TeamFormProps) {
  const { t } = useTranslation("oncall");
  const [draft, setDraft] = useState(start);
  const save = useSaveTeam(id);
  const errors = fieldErrors(save.error);
  const set = (more: Partial<TeamDraft>) => setDraft({ ...draft, ...more });
  const setShift = (index: number, shift: ShiftDraft) =>
    set({ shifts: draft.shifts.map((each, place) => (place === index ? shift : each)) });
  const nameOf = usePeopleNames();
  const addShift = (role: OnCallRole) =>
    set({ shifts: [...draft.shifts, newShift(role, draft.shifts, dayOf(Date.now(), draft.time_zone))] });
  const send = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(draft, { onSuccess: onSaved });
  };
  return (
    <form className={classes.form} onSubmit={send} noValidate>
      <div className={`card ${classes.fields}`}>
        <div className={classes.twoFields}>
          <TextInput
            label={t("editor.name")}
            value={draft.title}
            onChange={(event) => set({ title: event.currentTarget.value })}
            maxLength={120}
            error={errors.at("title")}
          />
          <Select
            label={t("editor.timeZone")}
            description={t("editor.timeZoneHint")}
            inputWrapperOrder={["label", "input", "description", "error"]}
            data={zones(start.time_zone)}
            value={draft.time_zone}
            onChange={(zone) => zone && set({ time_zone: zone })}
            searchable
            limit={60}
            nothingFoundMessage={t("editor.noZone")}
            allowDeselect={false}
            error={errors.at("time_zone")}
          />
        </div>
        <TeamPatients draft={draft} onChange={set} errors={errors} />
      </div>
      <section aria-labelledby="shifts" className={classes.section}>
        <h2 id="shifts">{t("editor.shifts")}</h2>
        {errors.at("shifts") && <p role="alert">{errors.at("shifts")}</p>}
        {draft.shifts.length === 0 && <p className={classes.quiet}>{t("editor.noShifts")}</p>}
        {draft.shifts.map((shift, index) => (
          <ShiftFields
            key={shift.id}
            number={index + 1}
            shift={shift}
            nameOf={nameOf}
            errorAt={(field) => errors.within(`shifts.${index}.${field}`)}
            onChange={(changed) => setShift(index, changed)}
            onRemove={() => set({ shifts: draft.shifts.filter((_, place) => place !== index) })}
          />
        ))}
        <div className={classes.actions}>
          {roles.map((role) => (
            <Button
              key={role}
              variant="default"
              className={classes.tall}
              leftSection={<IconPlus size={16} aria-hidden="true" />}
              onClick={() => addShift(role)}
            >
              {t(role === "nurse" ? "editor.addNurseShift" : "editor.addDoctorShift")}
            </Button>
          ))}
        </div>
      </section>
      <div className={classes.formFoot}>
        <SaveFailure error={save.error} of="editor" onLoadNewer={onLoadNewer} />
        <div className={classes.formActions}>
          <Button variant="default" className={classes.tall} onClick={onCancel}>
            {t("common:cancel")}
          </Button>
          <Button type="submit" className={classes.tall} loading={save.isPending}>
            {t("editor.save")}
          </Button>
        </div>
      </div>
    </form>
  );
}

/** Colleagues' names, and those of people in rotas who are no colleagues any more. */
function usePeopleNames(): (id: string) => string {
  const { t } = useTranslation("oncall");
  const colleagues = useQuery(colleaguesOptions).data?.items ?? [];
  const teams = useQuery(teamsOptions).data?.items ?? [];
  const names = new Map(
    teams.flatMap((team) => team.shifts.flatMap((shift) => shift.people.map(({ id, name }) => [id, name] as const))),
  );
  for (const { id, name } of colleagues) names.set(id, name);
  return (id) => names.get(id) || t("goneNamed");
}
