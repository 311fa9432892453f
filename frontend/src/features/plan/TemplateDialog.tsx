/** Writing a template: its title, and its items one below the other. */
import { Button, NumberInput, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { PlanTemplate, PlanTemplateItem } from "../../api/types";
import { FormDialog } from "../../components/FormDialog";
import { type FieldError, Problem } from "../../lib/api";
import { ItemFields } from "./ItemFields";
import classes from "./plan.module.css";
import { useSaveTemplate } from "./queries";
import { fieldTrouble } from "./words";

interface TemplateDialogProps {
  readonly template: PlanTemplate;
  readonly isNew: boolean;
  readonly onClose: () => void;
  readonly onSaved: (title: string) => void;
}

interface Keyed {
  readonly key: number;
  readonly item: PlanTemplateItem;
}

const blank: PlanTemplateItem = {
  code: "85354-9",
  schedule: { kind: "times_of_day", times: ["08:00"], weekdays: null },
  window_before_minutes: 60,
  grace_minutes: 60,
  instructions: "",
  tell: "professionals",
  days: null,
};

export function TemplateDialog({ template, isNew, onClose, onSaved }: TemplateDialogProps) {
  const { t } = useTranslation("plan");
  const [title, setTitle] = useState(template.title);
  const start = template.items.length > 0 ? template.items : [blank];
  const [rows, setRows] = useState<readonly Keyed[]>(start.map((item, key) => ({ key, item })));
  const nextKey = useRef(start.length);
  const save = useSaveTemplate();
  const errors = save.error instanceof Problem ? save.error.errors : [];
  return (
    <FormDialog
      title={t(isNew ? "templates.addTitle" : "templates.editTitle")}
      submitLabel={t("save")}
      onClose={onClose}
      onSubmit={(event) => {
        event.preventDefault();
        const items = rows.map(({ item }) => item);
        save.mutate({ id: template.id, title, items }, { onSuccess: () => onSaved(title) });
      }}
      busy={save.isPending}
      failure={save.error}
    >
      <TextInput
        label={t("templates.name")}
        value={title}
        maxLength={120}
        data-autofocus
        onChange={(event) => setTitle(event.currentTarget.value)}
        error={fieldTrouble(errors, "title")}
      />
      {rows.map(({ key, item }, place) => (
        <fieldset key={key} className={classes.templateItem}>
          <legend>{t("templates.item", { number: place + 1 })}</legend>
          <ItemFields
            item={item}
            onChange={(changed) => setRows(rows.with(place, { key, item: changed }))}
            errors={errorsOfItem(errors, place)}
          />
          <NumberInput
            label={t("templates.days")}
            description={t("templates.daysHint")}
            min={1}
            max={3660}
            allowDecimal={false}
            value={item.days ?? ""}
            onChange={(value) =>
              setRows(rows.with(place, { key, item: { ...item, days: value === "" ? null : Number(value) } }))
            }
            error={fieldTrouble(errorsOfItem(errors, place), "days")}
          />
          {rows.length > 1 && (
            <Button variant="subtle" onClick={() => setRows(rows.filter((row) => row.key !== key))}>
              {t("templates.removeItem", { number: place + 1 })}
            </Button>
          )}
        </fieldset>
      ))}
      <Button
        variant="default"
        leftSection={<IconPlus size={16} aria-hidden="true" />}
        onClick={() => {
          setRows([...rows, { key: nextKey.current, item: blank }]);
          nextKey.current += 1;
        }}
      >
        {t("templates.addItem")}
      </Button>
    </FormDialog>
  );
}

/** The complaints about the item at `place`: ["items", "0", "schedule"]. */
function errorsOfItem(errors: readonly FieldError[], place: number): readonly FieldError[] {
  return errors.filter(({ loc }) => {
    const path = (Array.isArray(loc) ? loc : String(loc).split(".")).map(String);
    const at = path.indexOf("items");
    return at >= 0 && path[at + 1] === String(place);
  });
}
