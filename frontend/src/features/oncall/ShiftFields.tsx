/** One shift of a rota, and what it means in a sentence. */
import { Button, Chip, Input, SegmentedControl, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { chosenDays, type ShiftDraft } from "./draft";
import classes from "./oncall.module.css";
import { PeopleOrder } from "./PeopleOrder";
import { roles } from "./rota";
import { shiftSentence, weekdays } from "./words";

interface ShiftFieldsProps {
  readonly number: number;
  readonly shift: ShiftDraft;
  readonly nameOf: (id: string) => string;
  readonly errorAt: (field: keyof ShiftDraft) => string | null;
  readonly onChange: (shift: ShiftDraft) => void;
  readonly onRemove: () => void;
}

const turns = ["together", "daily", "weekly"] as const;

export function ShiftFields(props: ShiftFieldsProps) {
  const { number, shift, nameOf, errorAt, onChange, onRemove } = props;
  const { t } = useTranslation("oncall");
  const set = (more: Partial<ShiftDraft>) => onChange({ ...shift, ...more });
  return (
    <fieldset className={`card ${classes.shift}`}>
      <legend className={classes.hiddenLegend}>{t("editor.shift", { number })}</legend>
      <div className={classes.shiftHead}>
        <p>{shiftSentence(shift, shift.people.map(nameOf), t)}</p>
        <Button
          variant="default"
          size="xs"
          className={classes.tall}
          leftSection={<IconTrash size={15} aria-hidden="true" />}
          onClick={onRemove}
        >
          {t("editor.removeShift", { number })}
        </Button>
      </div>
      <div className={classes.twoFields}>
        <PeopleOrder
          role={shift.role}
          ordered={shift.turns !== "together"}
          people={shift.people}
          nameOf={nameOf}
          onChange={(people) => set({ people })}
          error={errorAt("people")}
        />
        <div className={classes.fieldColumn}>
          <Input.Wrapper label={t("editor.role")} labelElement="div" error={errorAt("role")}>
            <div>
              <SegmentedControl
                fullWidth
                aria-label={`${t("editor.role")}, ${t("editor.shift", { number })}`}
                data={roles.map((role) => ({ value: role, label: t(`roleTitle.${role}`) }))}
                value={shift.role}
                onChange={(role) => set({ role, people: [] })}
              />
            </div>
          </Input.Wrapper>
          <Input.Wrapper label={t("editor.turns")} labelElement="div" error={errorAt("turns")}>
            <div>
              <SegmentedControl
                fullWidth
                aria-label={`${t("editor.turns")}, ${t("editor.shift", { number })}`}
                data={turns.map((turn) => ({ value: turn, label: t(`editor.turn.${turn}`) }))}
                value={shift.turns}
                onChange={(turn) => set({ turns: turn })}
              />
            </div>
          </Input.Wrapper>
          {shift.turns !== "together" && (
            <TextInput
              type="date"
              label={t("editor.turnsFrom")}
              value={shift.turns_from}
              onChange={(event) => set({ turns_from: event.currentTarget.value })}
              error={errorAt("turns_from")}
            />
          )}
          <Times shift={shift} set={set} errorAt={errorAt} />
          <Days number={number} shift={shift} set={set} errorAt={errorAt} />
        </div>
      </div>
    </fieldset>
  );
}

interface PartProps extends Pick<ShiftFieldsProps, "shift" | "errorAt"> {
  readonly set: (more: Partial<ShiftDraft>) => void;
}

function Times({ shift, set, errorAt }: PartProps) {
  const { t } = useTranslation("oncall");
  const end = shift.end === shift.start ? "fullDay" : shift.end < shift.start ? "nextDay" : "sameDay";
  return (
    <div className={classes.times}>
      <TextInput
        type="time"
        label={t("editor.start")}
        value={shift.start}
        onChange={(event) => set({ start: event.currentTarget.value })}
        error={errorAt("start")}
      />
      <TextInput
        type="time"
        label={t("editor.end")}
        description={t(`editor.${end}`)}
        inputWrapperOrder={["label", "input", "description", "error"]}
        value={shift.end}
        onChange={(event) => set({ end: event.currentTarget.value })}
        error={errorAt("end")}
      />
    </div>
  );
}

function Days({ number, shift, set, errorAt }: PartProps & { readonly number: number }) {
  const { t } = useTranslation("oncall");
  return (
    <Input.Wrapper
      label={t("editor.weekdays")}
      labelElement="div"
      description={t("editor.weekdaysHint")}
      error={errorAt("weekdays")}
    >
      <Chip.Group multiple value={[...(shift.weekdays ?? [])]} onChange={(days) => set({ weekdays: chosenDays(days) })}>
        <fieldset className={classes.chips} aria-label={`${t("editor.weekdays")}, ${t("editor.shift", { number })}`}>
          {weekdays.map((day) => (
            <Chip key={day} value={day} size="xs" aria-label={t(`weekdayLong.${day}`)}>
              {t(`weekday.${day}`)}
            </Chip>
          ))}
        </fieldset>
      </Chip.Group>
    </Input.Wrapper>
  );
}
