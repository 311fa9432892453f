/** Adding a patient, or changing who they are and where they lie. */
import { zodResolver } from "@hookform/resolvers/zod";
import { Select, TextInput } from "@mantine/core";
import { Controller, useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import * as z from "zod/mini";
import { useCan } from "../../../api/me";
import type { NewPatient, Patient } from "../../../api/types";
import { FormDialog } from "../../../components/FormDialog";
import { useCreatePatient, useUpdatePatient } from "../api/patients";
import { AccountSelect } from "./AccountSelect";
import classes from "./patients.module.css";

const sexes = ["female", "male", "other", "unknown"] as const;

const schema = z.object({
  name: z.string().check(z.trim(), z.minLength(1, "needName")),
  birth_date: z.string().check(
    z.regex(/^\d{4}-\d{2}-\d{2}$/, "needDate"),
    z.refine((day) => Date.parse(day) <= Date.now(), "futureDate"),
  ),
  sex: z.enum(sexes),
  identifier: z.string().check(z.trim()),
  ward: z.string().check(z.trim()),
  room: z.string().check(z.trim()),
  risks: z.string(),
  user_id: z.nullable(z.string()),
});
type Fields = z.infer<typeof schema>;

interface DialogProps {
  readonly onClose: () => void;
  readonly onSaved: (patient: Patient) => void;
}

export function AddPatientDialog({ onClose, onSaved }: DialogProps) {
  const create = useCreatePatient();
  return (
    <PatientDialog
      patient={null}
      busy={create.isPending}
      failure={create.error}
      onClose={onClose}
      onSubmit={(patient) => create.mutate(patient, { onSuccess: onSaved })}
    />
  );
}

export function EditPatientDialog({ patient, onClose, onSaved }: DialogProps & { readonly patient: Patient }) {
  const update = useUpdatePatient(patient.id);
  return (
    <PatientDialog
      patient={patient}
      busy={update.isPending}
      failure={update.error}
      onClose={onClose}
      onSubmit={(changes) => update.mutate(changes, { onSuccess: onSaved })}
    />
  );
}

interface PatientDialogProps {
  readonly patient: Patient | null;
  readonly busy: boolean;
  readonly failure: Error | null;
  readonly onClose: () => void;
  readonly onSubmit: (patient: NewPatient) => void;
}

function PatientDialog({ patient, busy, failure, onClose, onSubmit }: PatientDialogProps) {
  const { t } = useTranslation("patients");
  const mayLink = useCan("user:read");
  const { register, control, handleSubmit, formState } = useForm<Fields>({
    resolver: zodResolver(schema),
    defaultValues: fieldsOf(patient),
  });
  const { errors } = formState;
  const trouble = (message: string | undefined) => message && t(message);
  return (
    <FormDialog
      title={patient ? t("editTitle", { name: patient.name }) : t("addTitle")}
      submitLabel={patient ? t("common:save") : t("create")}
      onClose={onClose}
      onSubmit={handleSubmit((fields) => onSubmit(patientOf(fields, mayLink)))}
      busy={busy}
      failure={failure}
    >
      <TextInput
        {...register("name")}
        label={t("name")}
        autoComplete="off"
        data-autofocus
        error={trouble(errors.name?.message)}
      />
      <div className={classes.pair}>
        <TextInput
          {...register("birth_date")}
          type="date"
          label={t("birthDate")}
          error={trouble(errors.birth_date?.message)}
        />
        <Controller
          control={control}
          name="sex"
          render={({ field }) => (
            <Select
              label={t("sex")}
              data={sexes.map((value) => ({ value, label: t(`sexes.${value}`) }))}
              value={field.value}
              onChange={(value) => field.onChange(value ?? "unknown")}
              allowDeselect={false}
            />
          )}
        />
      </div>
      <TextInput {...register("identifier")} label={t("identifier")} autoComplete="off" />
      <div className={classes.pair}>
        <TextInput {...register("ward")} label={t("ward")} autoComplete="off" />
        <TextInput {...register("room")} label={t("room")} autoComplete="off" />
      </div>
      <TextInput {...register("risks")} label={t("risks")} description={t("risksHint")} autoComplete="off" />
      {mayLink && (
        <Controller
          control={control}
          name="user_id"
          render={({ field }) => <AccountSelect value={field.value} onChange={field.onChange} patient={patient} />}
        />
      )}
    </FormDialog>
  );
}

function fieldsOf(patient: Patient | null): Fields {
  return {
    name: patient?.name ?? "",
    birth_date: patient?.birth_date ?? "",
    sex: patient?.sex ?? "unknown",
    identifier: patient?.identifier ?? "",
    ward: patient?.ward ?? "",
    room: patient?.room ?? "",
    risks: patient?.risks.join(", ") ?? "",
    user_id: patient?.user_id ?? null,
  };
}

function patientOf(fields: Fields, mayLink: boolean): NewPatient {
  return {
    name: fields.name,
    birth_date: fields.birth_date,
    sex: fields.sex,
    identifier: fields.identifier || null,
    ward: fields.ward || null,
    room: fields.room || null,
    risks: fields.risks
      .split(",")
      .map((risk) => risk.trim())
      .filter(Boolean),
    ...(mayLink ? { user_id: fields.user_id } : {}),
  };
}
