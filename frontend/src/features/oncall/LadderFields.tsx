/** One ladder while it is edited. */
import { ActionIcon, Button, MultiSelect, NumberInput, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Ladder, LadderStep } from "../../api/types";
import classes from "./oncall.module.css";
import { capital, kindText, targets } from "./words";

interface LadderFieldsProps {
  readonly ladder: Ladder;
  readonly place: number;
  readonly last: boolean;
  readonly errorAt: (field: string) => string | null;
  readonly onChange: (ladder: Ladder) => void;
  readonly onMove: (by: number) => void;
  readonly onRemove: () => void;
}

const kinds = ["out_of_range", "change", "missed", "device_silent", "score", "technical"];
const priorities = ["high", "medium", "low"] as const;

export function LadderFields(props: LadderFieldsProps) {
  const { ladder, place, errorAt, onChange } = props;
  const { t } = useTranslation("oncall");
  const set = (more: Partial<Ladder>) => onChange({ ...ladder, ...more });
  const known = [...new Set([...kinds, ...(ladder.kinds ?? [])])];
  const title = ladder.title || t("ladders.number", { number: place + 1 });
  return (
    <fieldset className={`card ${classes.shift}`}>
      <legend className={classes.hiddenLegend}>{title}</legend>
      <LadderHead {...props} title={title} />
      <div className={classes.twoFields}>
        <TextInput
          label={t("ladders.name")}
          value={ladder.title}
          onChange={(event) => set({ title: event.currentTarget.value })}
          maxLength={120}
          error={errorAt("title")}
        />
        <NumberInput
          label={t("ladders.repeatMinutes")}
          description={t("ladders.repeatHint")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          value={ladder.repeat_minutes ?? ""}
          onChange={(value) => set({ repeat_minutes: value === "" ? null : Number(value) })}
          allowDecimal={false}
          allowNegative={false}
          hideControls
          error={errorAt("repeat_minutes")}
        />
        <MultiSelect
          label={t("ladders.kinds")}
          description={t("ladders.kindsHint")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          withScrollArea={false}
          data={known.map((value) => ({ value, label: capital(kindText(value, t)) }))}
          value={[...(ladder.kinds ?? [])]}
          onChange={(chosen) => set({ kinds: chosen.length > 0 ? chosen : null })}
          error={errorAt("kinds")}
        />
        <MultiSelect
          label={t("ladders.priorities")}
          description={t("ladders.prioritiesHint")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          withScrollArea={false}
          data={priorities.map((value) => ({ value, label: capital(t(`priority.${value}`)) }))}
          value={[...(ladder.priorities ?? [])]}
          onChange={(chosen) => {
            const some = priorities.filter((each) => chosen.includes(each));
            set({ priorities: some.length > 0 ? some : null });
          }}
          error={errorAt("priorities")}
        />
      </div>
      <Steps ladder={ladder} title={title} errorAt={errorAt} onChange={(steps) => set({ steps })} />
    </fieldset>
  );
}

function LadderHead({ title, place, last, onMove, onRemove }: LadderFieldsProps & { readonly title: string }) {
  const { t } = useTranslation("oncall");
  const move = (by: number, possible: boolean) => ({
    variant: "default" as const,
    size: 36,
    className: classes.tall,
    "aria-disabled": !possible || undefined,
    "data-disabled": !possible || undefined,
    onClick: () => possible && onMove(by),
  });
  return (
    <div className={classes.shiftHead}>
      <h2>
        <span className={classes.quiet}>{place + 1}.</span> {title}
      </h2>
      <div className={classes.actions}>
        <ActionIcon {...move(-1, place > 0)} aria-label={t("ladders.up", { title })}>
          <IconArrowUp size={16} aria-hidden="true" />
        </ActionIcon>
        <ActionIcon {...move(1, !last)} aria-label={t("ladders.down", { title })}>
          <IconArrowDown size={16} aria-hidden="true" />
        </ActionIcon>
        <ActionIcon
          variant="default"
          size={36}
          className={classes.tall}
          aria-label={t("ladders.remove", { title })}
          onClick={onRemove}
        >
          <IconTrash size={16} aria-hidden="true" />
        </ActionIcon>
      </div>
    </div>
  );
}

interface StepsProps {
  readonly ladder: Ladder;
  readonly title: string;
  readonly errorAt: (field: string) => string | null;
  readonly onChange: (steps: readonly LadderStep[]) => void;
}

function Steps({ ladder, title, errorAt, onChange }: StepsProps) {
  const { t } = useTranslation("oncall");
  const steps = ladder.steps;
  const setStep = (index: number, more: Partial<LadderStep>) =>
    onChange(steps.map((step, place) => (place === index ? { ...step, ...more } : step)));
  const add = () =>
    onChange([...steps, { after_minutes: (steps.at(-1)?.after_minutes ?? -10) + 10, tell: ["all_nurses"] }]);
  return (
    <div className={classes.fieldColumn}>
      <ol className={classes.stepFields} aria-label={t("ladders.steps", { title })}>
        {steps.map((step, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a step is nothing but its place
          <li key={index}>
            <NumberInput
              label={t("ladders.delay")}
              value={step.after_minutes}
              onChange={(value) => setStep(index, { after_minutes: Number(value) })}
              allowDecimal={false}
              allowNegative={false}
              min={0}
              error={errorAt(`steps.${index}.after_minutes`)}
            />
            <MultiSelect
              label={t("ladders.tell")}
              withScrollArea={false}
              data={targets.map((value) => ({ value, label: capital(t(`target.${value}`)) }))}
              value={[...step.tell]}
              onChange={(chosen) => setStep(index, { tell: targets.filter((target) => chosen.includes(target)) })}
              error={errorAt(`steps.${index}.tell`)}
            />
            <ActionIcon
              variant="subtle"
              size={36}
              className={classes.tall}
              aria-label={t("ladders.removeStep", { number: index + 1, title })}
              onClick={() => onChange(steps.filter((_, place) => place !== index))}
            >
              <IconX size={16} aria-hidden="true" />
            </ActionIcon>
          </li>
        ))}
      </ol>
      {errorAt("steps") && <p className={classes.fieldFault}>{errorAt("steps")}</p>}
      <div>
        <Button
          variant="default"
          size="xs"
          className={classes.tall}
          leftSection={<IconPlus size={15} aria-hidden="true" />}
          onClick={add}
        >
          {t("ladders.addStep")}
        </Button>
      </div>
    </div>
  );
}
