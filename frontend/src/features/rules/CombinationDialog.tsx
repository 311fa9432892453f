/** Writing a rule over several signs: what each must be, how many must hold, how urgent that is. */
import { Button, Checkbox, NumberInput, Select, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Combination, Condition, VitalSign } from "../../api/types";
import { FormDialog } from "../../components/FormDialog";
import { formatUnit } from "../../lib/format";
import { combinationTrouble, isChange } from "./draft";
import { PrioritySelect } from "./PrioritySelect";
import classes from "./rules.module.css";

interface CombinationDialogProps {
  readonly rule: Combination;
  readonly isNew: boolean;
  readonly signs: readonly VitalSign[];
  readonly onClose: () => void;
  readonly onDone: (rule: Combination) => void;
}

interface Keyed {
  readonly key: number;
  readonly condition: Condition;
}

const blank: Condition = { code: "", operator: "above", value: 0, hours: null, max_age_s: 3600, required: true };
const most = 8;

export function CombinationDialog({ rule, isNew, signs, onClose, onDone }: CombinationDialogProps) {
  const { t } = useTranslation("rules");
  const [typed, setTyped] = useState(rule);
  const [rows, setRows] = useState<readonly Keyed[]>(rule.conditions.map((condition, key) => ({ key, condition })));
  const [tried, setTried] = useState(false);
  const nextKey = useRef(rows.length);
  const whole = { ...typed, at_least: Math.min(typed.at_least, rows.length), conditions: rows.map((r) => r.condition) };
  const trouble = combinationTrouble(whole);
  return (
    <FormDialog
      title={t(isNew ? "combination.add" : "combination.edit")}
      submitLabel={t("combination.done")}
      onClose={onClose}
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (trouble === null) onDone({ ...whole, title: whole.title.trim() });
      }}
      busy={false}
      failure={null}
    >
      <TextInput
        label={t("combination.title")}
        description={t("combination.titleHint")}
        value={typed.title}
        maxLength={80}
        data-autofocus
        onChange={(event) => setTyped({ ...typed, title: event.currentTarget.value })}
      />
      {rows.map(({ key, condition }, place) => (
        <fieldset key={key} className={classes.condition}>
          <legend>{t("combination.condition", { number: place + 1 })}</legend>
          <ConditionFields
            condition={condition}
            signs={signs}
            onChange={(changed) => setRows(rows.with(place, { key, condition: changed }))}
          />
          {rows.length > 2 && (
            <Button size="compact-sm" variant="subtle" onClick={() => setRows(rows.filter((row) => row.key !== key))}>
              {t("combination.removeCondition", { number: place + 1 })}
            </Button>
          )}
        </fieldset>
      ))}
      {rows.length < most && (
        <Button
          variant="default"
          leftSection={<IconPlus size={16} aria-hidden="true" />}
          onClick={() => {
            setRows([...rows, { key: nextKey.current, condition: blank }]);
            nextKey.current += 1;
          }}
        >
          {t("combination.addCondition")}
        </Button>
      )}
      <div className={classes.pair}>
        <NumberInput
          label={t("combination.atLeast")}
          min={1}
          max={rows.length}
          allowDecimal={false}
          value={whole.at_least}
          onChange={(value) => setTyped({ ...typed, at_least: Math.max(1, Number(value)) })}
        />
        <PrioritySelect value={typed.priority} onChange={(priority) => setTyped({ ...typed, priority })} />
      </div>
      <Checkbox
        label={t("manners.latching")}
        checked={typed.latching}
        onChange={(event) => setTyped({ ...typed, latching: event.currentTarget.checked })}
      />
      {tried && trouble && (
        <p role="alert" className={classes.problem}>
          {t(`combination.trouble.${trouble}`)}
        </p>
      )}
    </FormDialog>
  );
}

interface ConditionFieldsProps {
  readonly condition: Condition;
  readonly signs: readonly VitalSign[];
  readonly onChange: (condition: Condition) => void;
}

const operators = ["above", "below", "risen", "fallen"] as const;

function ConditionFields({ condition, signs, onChange }: ConditionFieldsProps) {
  const { t } = useTranslation("rules");
  const set = (changes: Partial<Condition>) => onChange({ ...condition, ...changes });
  const numbers = signs.filter((sign) => sign.unit !== null && !sign.components?.length);
  const unit = signs.find((sign) => sign.code === condition.code)?.unit ?? null;
  const changes = isChange(condition.operator);
  return (
    <>
      <div className={classes.pair}>
        <Select
          label={t("combination.sign")}
          data={numbers.map((sign) => ({ value: sign.code, label: sign.display }))}
          value={condition.code || null}
          searchable
          allowDeselect={false}
          onChange={(code) => set({ code: code ?? "" })}
        />
        <Select
          label={t("combination.operator")}
          data={operators.map((value) => ({ value, label: t(`operator.${value}`) }))}
          value={condition.operator}
          allowDeselect={false}
          onChange={(value) => {
            const operator = operators.find((each) => each === value) ?? "above";
            set({ operator, hours: isChange(operator) ? (condition.hours ?? 24) : null });
          }}
        />
        <NumberInput
          label={t("combination.value")}
          suffix={unit ? ` ${formatUnit(unit)}` : ""}
          value={condition.value}
          onChange={(value) => set({ value: Number(value) })}
        />
        {changes && (
          <NumberInput
            label={t("manners.within")}
            suffix={` ${t("manners.hours")}`}
            min={1}
            max={336}
            value={condition.hours ?? 24}
            onChange={(value) => set({ hours: Number(value) })}
          />
        )}
        <NumberInput
          label={t("combination.age")}
          suffix={` ${t("manners.minutes")}`}
          min={1}
          max={20_160}
          allowDecimal={false}
          value={Math.round(condition.max_age_s / 60)}
          onChange={(value) => set({ max_age_s: Number(value) * 60 })}
        />
      </div>
      <Checkbox
        label={t("combination.required")}
        checked={condition.required}
        onChange={(event) => set({ required: event.currentTarget.checked })}
      />
    </>
  );
}
