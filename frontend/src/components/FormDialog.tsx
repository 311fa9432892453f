/** A dialog around a form: title, fields, what went wrong, and the two ways out. */
import { Button, Modal } from "@mantine/core";
import type { FormEvent, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "./components.module.css";
import { problemText } from "./ErrorState";

export interface FormDialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly onSubmit: (event: FormEvent<HTMLFormElement>) => void;
  readonly submitLabel: string;
  readonly busy: boolean;
  readonly failure: Error | null;
  readonly children: ReactNode;
}

export function FormDialog({ title, onClose, onSubmit, submitLabel, busy, failure, children }: FormDialogProps) {
  const { t } = useTranslation("common");
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ "aria-label": t("close") }}>
      <form
        className={classes.dialogForm}
        onSubmit={(event) => {
          // A dialog may be opened from within a form, which must not be sent with it.
          event.stopPropagation();
          onSubmit(event);
        }}
        noValidate
      >
        {children}
        {failure && (
          <p className={classes.dialogFailure} role="alert">
            {t("notSaved", { reason: problemText(failure, t) })}
          </p>
        )}
        <div className={classes.dialogActions}>
          <Button variant="default" onClick={onClose}>
            {t("cancel")}
          </Button>
          <Button type="submit" loading={busy}>
            {submitLabel}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
