/** A device's key, once, with an example of a frame sent with it. */
import { Button, Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { DeviceWithKey } from "../../../api/types";
import { CopyField } from "../../../components/CopyField";
import { apiBase } from "../../../lib/api";
import classes from "../devices.module.css";

/** Closing by a slip would lose the key: only the button closes. */
export function KeyDialog({ device, onDone }: { readonly device: DeviceWithKey; readonly onDone: () => void }) {
  const { t } = useTranslation("devices");
  return (
    <Modal
      opened
      onClose={onDone}
      title={t("keyTitle")}
      size="lg"
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <KeyView device={device} onDone={onDone} />
    </Modal>
  );
}

function KeyView({ device, onDone }: { readonly device: DeviceWithKey; readonly onDone: () => void }) {
  const { t } = useTranslation("devices");
  return (
    <div className={classes.stack}>
      <p>{t("keyAbout")}</p>
      <CopyField label={t("key")} text={device.key} />
      <CopyField label={t("example")} text={exampleOf(device)} />
      <Button onClick={onDone}>{t("keyDone")}</Button>
    </div>
  );
}

function exampleOf({ id, key }: DeviceWithKey): string {
  return [
    `curl ${location.origin}${apiBase}/devices/${id}/frames \\`,
    `  -H "Authorization: Bearer ${key}" \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d '{"frames":[{"encoding":"hex","payload":"06B00E00FEDC070C050B321B04"}]}'`,
  ].join("\n");
}
