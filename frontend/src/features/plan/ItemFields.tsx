/** The fields of one plan item: what, when (three ways to say it), how early and late, and what to tell. */
import { Checkbox, Chip, NumberInput, SegmentedControl, Select, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { PlanItemInput, Schedule } from "../../api/types";
import { vitalSignsOptions } from "../../api/vitalSigns";
import type { FieldError } from "../../lib/api";
import classes from "./plan.module.css";
import { TimesField } from "./TimesField";
import { fieldTrouble, weekdays } from "./words";

type Asked = Omit<PlanItemInput, "id" | "start" | "end" | "enabled">;

interface ItemFieldsProps<Item extends Asked> {
  readonly item: Item;
  readonly onChange: (item: Item) => void;
  readonly errors: readonly FieldError[];
}

const kinds = ["times_of_day", "every_hours", "rrule"] as const;
const starts: Readonly<Record<Schedule["kind"], Schedule>> = {
  times_of_day: { kind: "times_of_day", times: ["08:00"], weekdays: null },
  every_hours: { kind: "every_hours", hours: 8, from: "06:00" },
  rrule: { kind: "rrule", rrule: "FREQ=DAILY;BYHOUR=8" },
};

export function ItemFields<Item extends Asked>({ item, onChange, errors }: ItemFieldsProps<Item>) {
  const { t } = useTranslation("plan");
  const table = useQuery(vitalSignsOptions);
  const signs = table.data?.items ?? [];
  const options = signs.map((sign) => ({ value: sign.code, label: sign.display }));
  const set = (changes: Partial<Asked>) => onChange({ ...item, ...changes });
  const trouble = (field: string) => fieldTrouble(errors, field);
  return (
    <>
      <Select
        label={t("field.what")}
        data={options}
        value={item.code || null}
        onChange={(code) => set({ code: code ?? "" })}
        allowDeselect={false}
        searchable
        error={trouble("code")}
      />
      <div>
        <SegmentedControl
          fullWidth
          aria-label={t("field.how")}
          data={kinds.map((value) => ({ value, label: t(`kind.${value}`) }))}
          value={item.schedule.kind}
          onChange={(kind) => set({ schedule: starts[kind as Schedule["kind"]] })}
        />
      </div>
      <ScheduleFields
        schedule={item.schedule}
        onChange={(schedule) => set({ schedule })}
        trouble={trouble("schedule")}
      />
      <div className={classes.pair}>
        <NumberInput
          label={t("field.window")}
          suffix={` ${t("minutesShort")}`}
          min={0}
          max={1440}
          step={15}
          allowDecimal={false}
          value={item.window_before_minutes}
          onChange={(value) => set({ window_before_minutes: Number(value) })}
          error={trouble("window_before_minutes")}
        />
        <NumberInput
          label={t("field.grace")}
          suffix={` ${t("minutesShort")}`}
          min={1}
          max={1440}
          step={15}
          allowDecimal={false}
          value={item.grace_minutes}
          onChange={(value) => set({ grace_minutes: Number(value) })}
          error={trouble("grace_minutes")}
        />
      </div>
      <Textarea
        label={t("field.instructions")}
        description={t("field.instructionsHint")}
        autosize
        minRows={2}
        maxLength={500}
        value={item.instructions}
        onChange={(event) => set({ instructions: event.currentTarget.value })}
        error={trouble("instructions")}
      />
      <Checkbox
        label={t("field.tell")}
        checked={item.tell === "professionals"}
        onChange={(event) => set({ tell: event.currentTarget.checked ? "professionals" : "nobody" })}
      />
    </>
  );
}

interface ScheduleFieldsProps {
  readonly schedule: Schedule;
  readonly onChange: (schedule: Schedule) => void;
  readonly trouble: string | undefined;
}

function ScheduleFields({ schedule, onChange, trouble }: ScheduleFieldsProps) {
  const { t } = useTranslation("plan");
  switch (schedule.kind) {
    case "times_of_day":
      return (
        <>
          <TimesField times={schedule.times} onChange={(times) => onChange({ ...schedule, times })} trouble={trouble} />
          <fieldset className={classes.weekdays}>
            <legend>{t("field.weekdays")}</legend>
            <Chip.Group
              multiple
              value={[...(schedule.weekdays ?? weekdays)]}
              onChange={(chosen) => {
                const kept = weekdays.filter((day) => chosen.includes(day));
                // No day at all would be no plan; all of them is "every day".
                if (kept.length > 0) onChange({ ...schedule, weekdays: kept.length === 7 ? null : kept });
              }}
            >
              {weekdays.map((day) => (
                <Chip key={day} value={day} size="sm">
                  {t(`weekday.${day}`)}
                </Chip>
              ))}
            </Chip.Group>
          </fieldset>
        </>
      );
    case "every_hours":
      return (
        <div className={classes.pair}>
          <NumberInput
            label={t("field.hours")}
            min={1}
            max={168}
            allowDecimal={false}
            value={schedule.hours}
            onChange={(value) => onChange({ ...schedule, hours: Number(value) })}
            error={trouble}
          />
          <TextInput
            type="time"
            label={t("field.from")}
            value={schedule.from}
            onChange={(event) => onChange({ ...schedule, from: event.currentTarget.value })}
          />
        </div>
      );
    case "rrule":
      return (
        <TextInput
          label={t("field.rule")}
          description={t("field.ruleHint")}
          spellCheck={false}
          value={schedule.rrule}
          onChange={(event) => onChange({ ...schedule, rrule: event.currentTarget.value })}
          error={trouble}
        />
      );
  }
}
