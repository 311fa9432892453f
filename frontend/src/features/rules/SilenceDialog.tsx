/** Writing a rule over silence: what must not stay away for how long. */
import { NumberInput, Select } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Silence, VitalSign } from "../../api/types";
import { FormDialog } from "../../components/FormDialog";
import { PrioritySelect } from "./PrioritySelect";
import classes from "./rules.module.css";

interface SilenceDialogProps {
  readonly rule: Silence;
  readonly isNew: boolean;
  readonly signs: readonly VitalSign[];
  readonly onClose: () => void;
  readonly onDone: (rule: Silence) => void;
}

export function SilenceDialog({ rule, isNew, signs, onClose, onDone }: SilenceDialogProps) {
  const { t } = useTranslation("rules");
  const [code, setCode] = useState(rule.code);
  const [hours, setHours] = useState(rule.hours ?? 12);
  const [priority, setPriority] = useState(rule.priority);
  const [tried, setTried] = useState(false);
  const isWhole = code !== "" && hours >= 0.25;
  return (
    <FormDialog
      title={t(isNew ? "silence.add" : "silence.edit")}
      submitLabel={t("combination.done")}
      onClose={onClose}
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (isWhole) onDone({ code, hours, priority });
      }}
      busy={false}
      failure={null}
    >
      <Select
        label={t("column.what")}
        data={signs.map((sign) => ({ value: sign.code, label: sign.display }))}
        value={code || null}
        searchable
        allowDeselect={false}
        disabled={!isNew}
        data-autofocus
        onChange={(chosen) => setCode(chosen ?? "")}
      />
      <div className={classes.pair}>
        <NumberInput
          label={t("silence.hours")}
          suffix={` ${t("manners.hours")}`}
          min={0.25}
          max={336}
          value={hours}
          onChange={(value) => setHours(Number(value))}
        />
        <PrioritySelect value={priority} onChange={setPriority} />
      </div>
      <p className={classes.quiet}>{t("silence.about")}</p>
      {tried && !isWhole && (
        <p role="alert" className={classes.problem}>
          {t("silence.trouble")}
        </p>
      )}
    </FormDialog>
  );
}
