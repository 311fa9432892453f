/** Typing the numbers: large figures, the unit in plain sight, when it was, and a note. */
import { Button, Radio, SegmentedControl, Textarea, TextInput } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { VitalSign } from "../../../api/types";
import { problemText } from "../../../components/ErrorState";
import { formatUnit } from "../../../lib/format";
import type { Range } from "../../../lib/ranges";
import { chosenUnit, keepUnit } from "../chosenUnit";
import {
  consciousness,
  type Entry,
  type EntryError,
  type EntryField,
  type Reading,
  readEntry,
  toLocalInput,
} from "../entry";
import classes from "../measure.module.css";
import { Failure } from "./Failure";
import { NumberFields } from "./NumberFields";
import { Unusual } from "./Unusual";

interface EntryFormProps {
  readonly sign: VitalSign;
  readonly fields: readonly EntryField[];
  readonly initial: Entry | null;
  readonly rangeFor: (code: string) => Range;
  readonly compact: boolean;
  readonly plain: boolean;
  readonly busy: boolean;
  readonly failure: Error | null;
  readonly onBack: (() => void) | undefined;
  readonly onRead: (entry: Entry, reading: Extract<Reading, { ok: true }>) => void;
}

function emptyEntry(sign: VitalSign): Entry {
  return { texts: {}, unit: chosenUnit(sign), when: "now", at: toLocalInput(Date.now()), note: "" };
}

export function EntryForm(props: EntryFormProps) {
  const { sign, fields, compact, plain, busy, failure } = props;
  const { t } = useTranslation("measure");
  const [entry, setEntry] = useState<Entry>(() => props.initial ?? emptyEntry(sign));
  const [errors, setErrors] = useState<readonly EntryError[]>([]);
  const change = (part: Partial<Entry>) => {
    setEntry((old) => ({ ...old, ...part }));
    setErrors([]);
  };
  const errorFor = (field: string): string | undefined => {
    const error = errors.find((each) => each.field === field);
    const values = { ...error?.values, unit: formatUnit(entry.unit) };
    return error && t(`error.${error.key}`, values);
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const reading = readEntry(sign, fields, entry, Date.now());
    if (reading.ok) {
      props.onRead(entry, reading);
      return;
    }
    setErrors(reading.errors);
    const first = reading.errors[0]?.field;
    if (first) event.currentTarget.querySelector<HTMLElement>(`[name="${first}"]`)?.focus();
  };
  const type = (code: string, text: string) => change({ texts: { ...entry.texts, [code]: text } });
  return (
    <form className={classes.entry} data-compact={compact || undefined} onSubmit={submit} noValidate>
      {!compact && (
        <div className={classes.entryHead}>
          {props.onBack && (
            <Button
              variant="subtle"
              leftSection={<IconArrowLeft size={18} aria-hidden="true" />}
              onClick={props.onBack}
            >
              {t("back")}
            </Button>
          )}
          <h2>{t(`common:sign.${sign.code}`, sign.display)}</h2>
        </div>
      )}
      {sign.code === consciousness ? (
        <ConsciousnessField value={entry.texts[sign.code] ?? ""} error={errorFor(sign.code)} onChange={type} />
      ) : (
        <NumberFields fields={fields} entry={entry} errorFor={errorFor} onType={type} large={!compact} />
      )}
      {sign.display_units.length > 1 && (
        <SegmentedControl
          aria-label={t("unit")}
          value={entry.unit}
          data={sign.display_units.map((unit) => ({ value: unit, label: formatUnit(unit) }))}
          onChange={(unit) => {
            keepUnit(sign.code, unit);
            change({ unit });
          }}
        />
      )}
      <Unusual sign={sign} fields={fields} entry={entry} rangeFor={props.rangeFor} plain={plain} />
      <WhenAndNote entry={entry} onChange={change} errorFor={errorFor} />
      {failure && <Failure>{t("failed", { reason: problemText(failure, t) })}</Failure>}
      <Button type="submit" size={compact ? "sm" : "md"} loading={busy}>
        {t(compact ? "save" : "check")}
      </Button>
    </form>
  );
}

interface ConsciousnessProps {
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (code: string, value: string) => void;
}

function ConsciousnessField({ value, error, onChange }: ConsciousnessProps) {
  const { t } = useTranslation("measure");
  return (
    <Radio.Group
      label={t(`common:sign.${consciousness}`)}
      value={value}
      error={error}
      onChange={(next) => onChange(consciousness, next)}
    >
      <div className={classes.choices}>
        {(["A", "C", "V", "P", "U"] as const).map((each) => (
          <Radio key={each} value={each} label={`${each} · ${t(`common:acvpu.${each}`)}`} />
        ))}
      </div>
    </Radio.Group>
  );
}

interface WhenProps {
  readonly entry: Entry;
  readonly onChange: (part: Partial<Entry>) => void;
  readonly errorFor: (field: string) => string | undefined;
}

function WhenAndNote({ entry, onChange, errorFor }: WhenProps) {
  const { t } = useTranslation("measure");
  return (
    <>
      <div className={classes.when}>
        <span id="measured-when">{t("when")}</span>
        <SegmentedControl
          aria-labelledby="measured-when"
          value={entry.when}
          data={(["now", "earlier"] as const).map((value) => ({ value, label: t(value) }))}
          onChange={(value) => onChange({ when: value === "earlier" ? "earlier" : "now" })}
        />
      </div>
      {entry.when === "earlier" && (
        <TextInput
          type="datetime-local"
          name="at"
          label={t("at")}
          value={entry.at}
          max={toLocalInput(Date.now())}
          error={errorFor("at")}
          onChange={(event) => onChange({ at: event.currentTarget.value })}
        />
      )}
      <Textarea
        label={t("note")}
        placeholder={t("notePlaceholder")}
        rows={2}
        maxLength={1000}
        value={entry.note}
        onChange={(event) => onChange({ note: event.currentTarget.value })}
      />
    </>
  );
}
