/** One number, or the two of a blood pressure, side by side. */
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { formatUnit } from "../../../lib/format";
import type { Entry, EntryField } from "../entry";
import classes from "../measure.module.css";

interface NumberFieldsProps {
  readonly fields: readonly EntryField[];
  readonly entry: Entry;
  readonly errorFor: (code: string) => string | undefined;
  readonly onType: (code: string, text: string) => void;
  readonly large: boolean;
}

export function NumberFields({ fields, entry, errorFor, onType, large }: NumberFieldsProps) {
  const { t } = useTranslation("measure");
  const unit = formatUnit(entry.unit);
  const pair = fields.length > 1;
  return (
    <div className={classes.numbers} data-pair={pair || undefined}>
      {fields.map(({ code, sign }, place) => (
        <NumberField
          key={code}
          code={code}
          label={
            pair
              ? `${t(place === 0 ? "upper" : "lower")} (${t(place === 0 ? "upperHint" : "lowerHint")})`
              : t("value", { sign: t(`common:sign.${code}`, sign.display), unit })
          }
          unit={unit}
          text={entry.texts[code] ?? ""}
          error={errorFor(code)}
          onType={onType}
          first={place === 0}
          large={large}
        />
      ))}
    </div>
  );
}

interface NumberFieldProps {
  readonly code: string;
  readonly label: string;
  readonly unit: string;
  readonly text: string;
  readonly error: string | undefined;
  readonly onType: (code: string, text: string) => void;
  readonly first: boolean;
  readonly large: boolean;
}

function NumberField({ code, label, unit, text, error, onType, first, large }: NumberFieldProps) {
  const id = useId();
  return (
    <div className={classes.number} data-large={large || undefined}>
      <label htmlFor={id}>{label}</label>
      <div className={classes.box} data-invalid={error !== undefined || undefined}>
        <input
          id={id}
          name={code}
          // biome-ignore lint/a11y/noAutofocus: the reader just chose to type this very number
          autoFocus={first}
          inputMode="decimal"
          autoComplete="off"
          maxLength={8}
          value={text}
          aria-invalid={error !== undefined}
          aria-describedby={error === undefined ? undefined : `${id}-error`}
          onChange={(event) => onType(code, event.currentTarget.value)}
        />
        <span aria-hidden="true">{unit}</span>
      </div>
      {error !== undefined && (
        <p id={`${id}-error`} className={classes.fieldError} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
