/** The question before all waiting alerts of a storm are acknowledged with one note. */
import { Button, Group, Modal, Textarea } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./alerts.module.css";
import { type Storm, useAcknowledgeMany } from "./queries";

export function StormDialog({ storm, onClose }: { readonly storm: Storm; readonly onClose: () => void }) {
  const { t } = useTranslation("alerts");
  const [note, setNote] = useState("");
  const act = useAcknowledgeMany();
  // What the reader was shown: alerts that come while the question stands are not answered by it.
  const [ids] = useState(storm.waiting);
  const left = act.data?.left.length ?? 0;
  const send = (event: FormEvent) => {
    event.preventDefault();
    const said = note.trim() ? { ids, note: note.trim() } : { ids };
    act.mutate(said, { onSuccess: (done) => done.left.length === 0 && onClose() });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("acknowledgeAll", { count: ids.length })}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <form onSubmit={send}>
        <p className={classes.quiet}>{t("stormQuestion")}</p>
        <Textarea
          label={t("note")}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          autosize
          minRows={2}
          maxLength={1000}
          data-autofocus
        />
        {act.isError && (
          <p role="alert" className={classes.failed}>
            {t("actionFailed", { reason: act.error.message })}
          </p>
        )}
        {left > 0 && <p role="status">{t("stormLeft", { count: left })}</p>}
        <Group justify="flex-end" mt="md" gap={8}>
          <Button variant="default" onClick={onClose}>
            {t(left > 0 ? "close" : "cancel")}
          </Button>
          {left === 0 && (
            <Button type="submit" loading={act.isPending}>
              {t("acknowledge")}
            </Button>
          )}
        </Group>
      </form>
    </Modal>
  );
}
