/** One device: its name, its patient, whether it counts, its key, and who had it. */
import { Button, Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Device } from "../../../api/types";
import { problemText } from "../../../components/ErrorState";
import { FormDialog } from "../../../components/FormDialog";
import { PatientSelect } from "../../../components/PatientSelect";
import { formatDate } from "../../../lib/format";
import { type DeviceChange, useChangeDevice, useRotateKey } from "../api/devices";
import classes from "../devices.module.css";
import { KeyDialog } from "./KeyDialog";

interface ManageProps {
  readonly device: Device;
  readonly onClose: () => void;
  readonly onSaved: (name: string) => void;
}

export function ManageDeviceDialog({ device, onClose, onSaved }: ManageProps) {
  const { t } = useTranslation("devices");
  const [name, setName] = useState(device.name);
  const [enabled, setEnabled] = useState(device.enabled);
  const [patientId, setPatientId] = useState(device.patient_id);
  const change = useChangeDevice(device.id);
  const rotate = useRotateKey(device.id);
  if (rotate.data) return <KeyDialog device={rotate.data} onDone={onClose} />;
  const changes: DeviceChange = {
    ...(name.trim() && name.trim() !== device.name ? { name: name.trim() } : {}),
    ...(enabled === device.enabled ? {} : { enabled }),
    ...(patientId === device.patient_id ? {} : { patient_id: patientId }),
  };
  return (
    <FormDialog
      title={device.name}
      submitLabel={t("common:save")}
      onClose={onClose}
      busy={change.isPending}
      failure={change.error}
      onSubmit={(event) => {
        event.preventDefault();
        if (Object.keys(changes).length === 0) onClose();
        else change.mutate(changes, { onSuccess: (saved) => onSaved(saved.name) });
      }}
    >
      <p className="quiet">
        {t("facts", { kind: device.kind, driver: device.driver, added: formatDate(device.created_at) })}
      </p>
      <TextInput label={t("nameLabel")} value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <PatientSelect
        label={t("assignTo")}
        description={t("assignHint")}
        placeholder={t("noPatient")}
        clearLabel={t("noPatient")}
        value={patientId}
        onChange={setPatientId}
        presentName={device.patient_name}
      />
      <Switch label={t("accepts")} checked={enabled} onChange={(event) => setEnabled(event.currentTarget.checked)} />
      <RotateKey onRotate={() => rotate.mutate()} busy={rotate.isPending} failure={rotate.error} />
      <Assignments device={device} />
    </FormDialog>
  );
}

interface RotateProps {
  readonly onRotate: () => void;
  readonly busy: boolean;
  readonly failure: Error | null;
}

function RotateKey({ onRotate, busy, failure }: RotateProps) {
  const { t } = useTranslation("devices");
  const [asked, setAsked] = useState(false);
  return (
    <div className={classes.rotate}>
      <div>
        <strong>{t("rotate")}</strong>
        <p className="quiet">{failure ? problemText(failure, t) : t("rotateAbout")}</p>
      </div>
      <Button size="compact-sm" variant="default" loading={busy} onClick={() => (asked ? onRotate() : setAsked(true))}>
        {t(asked ? "rotateConfirm" : "rotate")}
      </Button>
    </div>
  );
}

function Assignments({ device }: { readonly device: Device }) {
  const { t } = useTranslation("devices");
  const newest = device.assignments.toSorted((a, b) => Date.parse(b.start) - Date.parse(a.start));
  return (
    <section aria-label={t("history")}>
      <strong>{t("history")}</strong>
      {newest.length === 0 && <p className="quiet">{t("historyNone")}</p>}
      <ul className={classes.history}>
        {newest.map(({ patient_id, patient_name, start, end }) => (
          <li key={`${patient_id}${start}`}>
            <span>{patient_name ?? patient_id}</span>
            <span className="quiet">
              {end === null
                ? t("historyOpen", { start: formatDate(start) })
                : t("historyClosed", { start: formatDate(start), end: formatDate(end) })}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
