/** Withdraw a measurement that was wrong. It stays on record, struck through, with who said so and why. */
import { Button, Group, Modal, Textarea } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Observation } from "../../api/types";
import { formatInstant, formatUnit, observationUnit } from "../../lib/format";
import { readingWords } from "../charts/readingText";
import classes from "./patient.module.css";
import { useMarkInError } from "./queries";

interface MarkInErrorDialogProps {
  readonly patientId: string;
  readonly observation: Observation;
  readonly onClose: () => void;
}

const shortest = 3;

export function MarkInErrorDialog({ patientId, observation, onClose }: MarkInErrorDialogProps) {
  const { t } = useTranslation("patient");
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  const mark = useMarkInError(patientId);
  const send = (event: FormEvent) => {
    event.preventDefault();
    const given = reason.trim();
    setMissing(given.length < shortest);
    if (given.length >= shortest) mark.mutate({ id: observation.id, reason: given }, { onSuccess: onClose });
  };
  return (
    <Modal opened onClose={onClose} title={t("markTitle")} closeButtonProps={{ "aria-label": t("close") }}>
      <form onSubmit={send} noValidate>
        <p className={classes.dialogWhat}>
          <strong>
            {observation.display}: {readingWords(observation)} {formatUnit(observationUnit(observation))}
          </strong>
          , {formatInstant(Date.parse(observation.effective_at))}
        </p>
        <p className={classes.quiet}>{t("markText")}</p>
        <Textarea
          label={t("reason")}
          required
          value={reason}
          error={missing && t("reasonMissing")}
          onChange={(event) => setReason(event.currentTarget.value)}
          autosize
          minRows={2}
          maxLength={500}
          data-autofocus
        />
        {mark.isError && (
          <p role="alert" className={classes.failed}>
            {t("notMarked", { reason: mark.error.message })}
          </p>
        )}
        <Group justify="flex-end" mt="md" gap={8}>
          <Button variant="default" onClick={onClose}>
            {t("cancel")}
          </Button>
          <Button type="submit" loading={mark.isPending}>
            {t("markInError")}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
