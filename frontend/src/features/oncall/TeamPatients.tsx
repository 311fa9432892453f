/** Whom a team looks after: everybody who has no other team, the patients of wards, patients by name. */
import { ActionIcon, Checkbox, TagsInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQueries, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Page, Patient } from "../../api/types";
import { PatientSelect } from "../../components/PatientSelect";
import { get } from "../../lib/api";
import type { TeamDraft } from "./draft";
import type { FieldErrors } from "./fieldErrors";
import classes from "./oncall.module.css";

interface TeamPatientsProps {
  readonly draft: TeamDraft;
  readonly onChange: (more: Partial<TeamDraft>) => void;
  readonly errors: FieldErrors;
}

/** So many are shown by name. */
const shownPatients = 40;

export function TeamPatients({ draft, onChange, errors }: TeamPatientsProps) {
  const { t } = useTranslation("oncall");
  const patients = useQuery({
    queryKey: ["patients", "wards"],
    queryFn: ({ signal }) => get<Page<Patient>>("/patients", { limit: 200 }, signal),
  });
  const wards = [...new Set((patients.data?.items ?? []).flatMap(({ ward }) => (ward ? [ward] : [])))].sort();
  return (
    <fieldset className={classes.plainFieldset}>
      <legend>{t("editor.patients")}</legend>
      <Checkbox
        label={t("editor.everybody")}
        description={t("editor.everybodyHint")}
        checked={draft.for_everybody}
        onChange={(event) => onChange({ for_everybody: event.currentTarget.checked })}
        error={errors.at("for_everybody")}
      />
      <div className={classes.twoFields}>
        <TagsInput
          label={t("editor.wards")}
          description={t("editor.wardsHint")}
          data={wards}
          withScrollArea={false}
          value={[...draft.wards]}
          onChange={(chosen) => onChange({ wards: chosen })}
          acceptValueOnBlur
          error={errors.within("wards")}
        />
        <div>
          <PatientSelect
            key={draft.patient_ids.length}
            label={t("editor.named")}
            description={t("editor.namedHint")}
            placeholder={t("editor.findPatient")}
            clearLabel={t("editor.clearPatient")}
            value={null}
            onChange={(id) => {
              if (id && !draft.patient_ids.includes(id)) onChange({ patient_ids: [...draft.patient_ids, id] });
            }}
          />
          {errors.within("patient_ids") && (
            <p role="alert" className={classes.fieldFault}>
              {errors.within("patient_ids")}
            </p>
          )}
          <NamedPatients
            ids={draft.patient_ids}
            onRemove={(id) => onChange({ patient_ids: draft.patient_ids.filter((each) => each !== id) })}
          />
        </div>
      </div>
    </fieldset>
  );
}

interface NamedPatientsProps {
  readonly ids: readonly string[];
  readonly onRemove: (id: string) => void;
}

function NamedPatients({ ids, onRemove }: NamedPatientsProps) {
  const { t } = useTranslation("oncall");
  const shown = ids.slice(0, shownPatients);
  const named = useQueries({
    queries: shown.map((id) => ({
      queryKey: ["patient", id, "identity"],
      queryFn: ({ signal }: { signal: AbortSignal }) => get<Patient>(`/patients/${id}`, {}, signal),
      retry: false,
    })),
  });
  if (ids.length === 0) return null;
  return (
    <ul className={classes.people}>
      {shown.map((id, index) => {
        const query = named[index];
        const name = query?.data?.name ?? (query?.isError ? t("editor.unknownPatient") : t("common:loading"));
        return (
          <li key={id}>
            <span className={classes.personName}>{name}</span>
            <ActionIcon
              variant="subtle"
              size={36}
              className={classes.tall}
              aria-label={t("editor.removePatient", { name })}
              onClick={() => onRemove(id)}
            >
              <IconX size={16} aria-hidden="true" />
            </ActionIcon>
          </li>
        );
      })}
      {ids.length > shown.length && (
        <li className={classes.quiet}>{t("editor.patientsTooMany", { count: ids.length - shown.length })}</li>
      )}
    </ul>
  );
}
