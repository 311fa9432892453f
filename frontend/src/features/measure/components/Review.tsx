/** The second look: exactly what will be saved. */
import { Button } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { VitalSign } from "../../../api/types";
import { problemText } from "../../../components/ErrorState";
import { formatInstant, formatNumber, formatUnit } from "../../../lib/format";
import type { Range } from "../../../lib/ranges";
import { consciousness, type Entry, type EntryField, type Reading } from "../entry";
import classes from "../measure.module.css";
import { Failure } from "./Failure";
import { Unusual } from "./Unusual";

interface ReviewProps {
  readonly sign: VitalSign;
  readonly fields: readonly EntryField[];
  readonly entry: Entry;
  readonly reading: Extract<Reading, { ok: true }>;
  readonly plain: boolean;
  readonly rangeFor: (code: string) => Range;
  readonly busy: boolean;
  readonly failure: Error | null;
  readonly onSave: () => void;
  readonly onChange: () => void;
}

export function Review(props: ReviewProps) {
  const { sign, entry, reading, busy, failure } = props;
  const { t } = useTranslation("measure");
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  const figure =
    sign.code === consciousness
      ? t(`common:acvpu.${reading.observation.value_code ?? "A"}`)
      : Object.values(reading.values)
          .map((value) => formatNumber(value))
          .join("/");
  const at = reading.observation.effective_at;
  return (
    <div className={classes.entry}>
      <h2 ref={title} tabIndex={-1} className={classes.question}>
        {t("review")}
      </h2>
      <div className={`card ${classes.figureCard}`}>
        <span className="quiet">{t(`common:sign.${sign.code}`, sign.display)}</span>
        <strong className={classes.figure}>
          {figure} <small>{formatUnit(entry.unit)}</small>
        </strong>
        <span className="quiet">{at ? t("reviewAt", { at: formatInstant(Date.parse(at)) }) : t("reviewNow")}</span>
        {reading.observation.note && <span className="quiet">{t("noteSaid", { note: reading.observation.note })}</span>}
      </div>
      <Unusual sign={sign} fields={props.fields} entry={entry} rangeFor={props.rangeFor} plain={props.plain} />
      {failure && <Failure>{t("failed", { reason: problemText(failure, t) })}</Failure>}
      <Button size="md" loading={busy} onClick={props.onSave}>
        {t("save")}
      </Button>
      <Button size="md" variant="default" disabled={busy} onClick={props.onChange}>
        {t("change")}
      </Button>
    </div>
  );
}
