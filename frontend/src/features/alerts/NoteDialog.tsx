/** The one question before an alert is acknowledged or resolved: anything to add? Enter sends, the note may stay empty. */
import { Button, Group, Input, Modal, SegmentedControl, Textarea } from "@mantine/core";
import { type FormEvent, type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Alert } from "../../api/types";
import { PriorityMark } from "../../components/PriorityMark";
import classes from "./alerts.module.css";
import { type AlertAction, useAlertAction } from "./queries";
import { valueLine } from "./words";

interface NoteDialogProps {
  readonly alert: Alert;
  readonly action: AlertAction;
  readonly onClose: () => void;
}

export function NoteDialog({ alert, action, onClose }: NoteDialogProps) {
  const { t } = useTranslation("alerts");
  const [note, setNote] = useState("");
  const [actionable, setActionable] = useState("");
  const act = useAlertAction();
  const send = (event?: FormEvent) => {
    event?.preventDefault();
    const said = { ...(note.trim() && { note: note.trim() }), ...(actionable && { actionable: actionable === "yes" }) };
    act.mutate({ id: alert.id, action, body: said }, { onSuccess: onClose });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      send();
    }
  };
  return (
    <Modal opened onClose={onClose} title={t(`${action}Title`)} closeButtonProps={{ "aria-label": t("close") }}>
      <form onSubmit={send}>
        <p className={classes.dialogWhat}>
          <PriorityMark priority={alert.priority} compact /> <strong>{alert.title}</strong>
          <br />
          {[alert.patient_name, valueLine(alert, t)].filter(Boolean).join(" · ")}
        </p>
        {alert.condition_active && <p className={classes.quiet}>{t(`${action}StillOutside`)}</p>}
        <Textarea
          label={t("note")}
          description={t("noteHint")}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          autosize
          minRows={2}
          maxLength={1000}
          data-autofocus
        />
        {action === "acknowledge" && (
          <Input.Wrapper label={t("actionable")} mt="sm" labelElement="div">
            <div>
              <SegmentedControl
                aria-label={t("actionable")}
                data={["", "yes", "no"].map((value) => ({ value, label: t(`actionableIs.${value || "unsaid"}`) }))}
                value={actionable}
                onChange={setActionable}
              />
            </div>
          </Input.Wrapper>
        )}
        {act.isError && (
          <p role="alert" className={classes.failed}>
            {t("actionFailed", { reason: act.error.message })}
          </p>
        )}
        <Group justify="flex-end" mt="md" gap={8}>
          <Button variant="default" onClick={onClose}>
            {t("cancel")}
          </Button>
          <Button type="submit" loading={act.isPending}>
            {t(action)}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
