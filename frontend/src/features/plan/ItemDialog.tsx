/** Writing one item of a patient's plan, with the times that come of it. */
import { Switch, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PlanItemInput } from "../../api/types";
import { FormDialog } from "../../components/FormDialog";
import { type FieldError, Problem } from "../../lib/api";
import { ItemFields } from "./ItemFields";
import classes from "./plan.module.css";
import { previewOptions } from "./queries";
import { dayTimeIn, fieldTrouble } from "./words";

interface ItemDialogProps {
  readonly item: PlanItemInput;
  readonly isNew: boolean;
  readonly timeZone: string;
  readonly busy: boolean;
  readonly failure: Error | null;
  readonly onClose: () => void;
  readonly onSave: (item: PlanItemInput) => void;
}

export function ItemDialog({ item: before, isNew, timeZone, busy, failure, onClose, onSave }: ItemDialogProps) {
  const { t } = useTranslation("plan");
  const [item, setItem] = useState(before);
  const [settled] = useDebouncedValue(item, 400);
  const preview = useQuery({ ...previewOptions(settled, timeZone), enabled: settled.code !== "" });
  const errors = [...errorsOf(failure), ...errorsOf(preview.error)];
  return (
    <FormDialog
      title={t(isNew ? "addItem" : "editItem")}
      submitLabel={t("save")}
      onClose={onClose}
      onSubmit={(event) => {
        event.preventDefault();
        onSave(item);
      }}
      busy={busy}
      failure={failure}
    >
      <ItemFields item={item} onChange={setItem} errors={errors} />
      <div className={classes.pair}>
        <TextInput
          type="date"
          label={t("field.start")}
          value={item.start ?? ""}
          onChange={(event) => setItem({ ...item, start: event.currentTarget.value || null })}
          error={fieldTrouble(errors, "start")}
        />
        <TextInput
          type="date"
          label={t("field.end")}
          description={t("field.endHint")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          value={item.end ?? ""}
          onChange={(event) => setItem({ ...item, end: event.currentTarget.value || null })}
          error={fieldTrouble(errors, "end")}
        />
      </div>
      <Switch
        label={t("field.enabled")}
        checked={item.enabled}
        onChange={(event) => setItem({ ...item, enabled: event.currentTarget.checked })}
      />
      <div className={classes.preview} aria-live="polite">
        <h3>{t("preview", { zone: timeZone })}</h3>
        {preview.data && preview.data.times.length > 0 ? (
          <ol>
            {preview.data.times.map((time) => (
              <li key={time}>{dayTimeIn(timeZone, time)}</li>
            ))}
          </ol>
        ) : (
          <p className="quiet">{t(preview.isError ? "previewWrong" : preview.data ? "previewNone" : "previewWaits")}</p>
        )}
      </div>
    </FormDialog>
  );
}

function errorsOf(error: Error | null): readonly FieldError[] {
  return error instanceof Problem ? error.errors : [];
}
