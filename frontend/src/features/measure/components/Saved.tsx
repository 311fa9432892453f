/** What was saved, and what it means. */
import { Button } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Observation, VitalSign } from "../../../api/types";
import { formatObservation, formatUnit, observationUnit } from "../../../lib/format";
import { observationPlace, type Range } from "../../../lib/ranges";
import classes from "../measure.module.css";

interface SavedProps {
  readonly observation: Observation;
  readonly sign: VitalSign;
  readonly plain: boolean;
  readonly rangeFor: (code: string) => Range;
  readonly onAnother: () => void;
  readonly onDone: () => void;
}

export function Saved({ observation, sign, plain, rangeFor, onAnother, onDone }: SavedProps) {
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
