/** What was saved, and what it means. */
import { Button } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Observation, VitalSign } from "../../../api/types";
import { formatNumber, formatObservation, formatUnit, observationUnit } from "../../../lib/format";
import { observationPlace, type Range } from "../../../lib/ranges";
import { convert, unitDecimals } from "../../../lib/units";
import classes from "../measure.module.css";

interface SavedProps {
  readonly observation: Observation;
  readonly sign: VitalSign;
  /** What was typed in; the server may store another unit. */
  readonly unit: string;
  readonly plain: boolean;
  readonly rangeFor: (code: string) => Range;
  readonly onAnother: () => void;
  readonly onDone: () => void;
}

export function Saved({ observation, sign, unit, plain, rangeFor, onAnother, onDone }: SavedProps) {
  const { t } = useTranslation("measure");
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  const place = observationPlace(observation, rangeFor);
  return (
    <div className={classes.entry}>
      <div className={`card ${classes.figureCard}`} role="status">
        <IconCircleCheck size={44} stroke={1.4} className={classes.tick} aria-hidden="true" />
        <h2 ref={title} tabIndex={-1}>
          {t("savedTitle")}
        </h2>
        <span className="quiet">{t(`common:sign.${sign.code}`, sign.display)}</span>
        <strong className={classes.figure}>
          {formatObservation(observation, sign.decimals)} <small>{formatUnit(observationUnit(observation))}</small>
        </strong>
        <SameInUnit observation={observation} sign={sign} unit={unit} />
        {observation.status === "quarantined" && <p>{t("quarantined")}</p>}
        {place && (
          <p>
            {t(`${plain ? "saved" : "savedStaff"}_${place}`)} {plain && place !== "within" && t("savedOutside")}
          </p>
        )}
      </div>
      <Button size="md" onClick={onDone}>
        {t("done")}
      </Button>
      <Button size="md" variant="default" onClick={onAnother}>
        {t("another")}
      </Button>
    </div>
  );
}

/** Stored in another unit than the one typed: said in both, so that nobody wonders. */
function SameInUnit({ observation, sign, unit }: Pick<SavedProps, "observation" | "sign" | "unit">) {
  const { t } = useTranslation("measure");
  const stored = observationUnit(observation);
  if (stored === null || stored === unit) return null;
  const parts = observation.components.length > 0 ? observation.components.slice(0, 2) : [observation];
  const figures = parts.map(({ value }) => (value === null ? null : convert(value, stored, unit)));
  if (figures.some((figure) => figure === null)) return null;
  const decimals = unitDecimals(unit, sign.decimals);
  const text = figures.map((figure) => formatNumber(figure ?? 0, decimals)).join("/");
  return <span className="quiet">{t("same", { figure: text, unit: formatUnit(unit) })}</span>;
}
