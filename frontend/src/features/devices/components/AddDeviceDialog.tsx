/** Adding a device: what it is and whose; then its key. */
import { zodResolver } from "@hookform/resolvers/zod";
import { Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Controller, useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import * as z from "zod/mini";
import { driversOptions } from "../../../api/drivers";
import { FormDialog } from "../../../components/FormDialog";
import { PatientSelect } from "../../../components/PatientSelect";
import { useAddDevice } from "../api/devices";
import { KeyDialog } from "./KeyDialog";

const schema = z.object({
  driver: z.string().check(z.minLength(1, "needDriver")),
  name: z.string().check(z.trim()),
  patient_id: z.nullable(z.string()),
});
type Fields = z.infer<typeof schema>;

export function AddDeviceDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation("devices");
  const drivers = useQuery(driversOptions);
  const add = useAddDevice();
  const { register, control, handleSubmit } = useForm<Fields>({
    resolver: zodResolver(schema),
    defaultValues: { driver: "", name: "", patient_id: null },
  });
  if (add.data) return <KeyDialog device={add.data} onDone={onClose} />;
  const submit = ({ driver, name, patient_id }: Fields) =>
    add.mutate({ driver, ...(name ? { name } : {}), ...(patient_id ? { patient_id } : {}) });
  return (
    <FormDialog
      title={t("addTitle")}
      submitLabel={t("create")}
      onClose={onClose}
      onSubmit={handleSubmit(submit)}
      busy={add.isPending}
      failure={add.error ?? drivers.error}
    >
      <Controller
        control={control}
        name="driver"
        render={({ field, fieldState }) => (
          <Select
            label={t("driver")}
            description={t("driverHint")}
            data={(drivers.data?.items ?? []).map((driver) => ({
              value: driver.id,
              label:
                driver.status === "active"
                  ? `${driver.kind} · ${driver.vendor} (${driver.id})`
                  : t("driverDown", { name: driver.id }),
              disabled: driver.status !== "active",
            }))}
            value={field.value || null}
            onChange={(value) => field.onChange(value ?? "")}
            searchable
            openOnFocus={false}
            data-autofocus
            error={fieldState.error?.message && t(fieldState.error.message)}
          />
        )}
      />
      <TextInput {...register("name")} label={t("nameLabel")} description={t("nameHint")} autoComplete="off" />
      <Controller
        control={control}
        name="patient_id"
        render={({ field }) => (
          <PatientSelect
            label={t("assignTo")}
            placeholder={t("noPatient")}
            clearLabel={t("noPatient")}
            value={field.value}
            onChange={field.onChange}
          />
        )}
      />
    </FormDialog>
  );
}
