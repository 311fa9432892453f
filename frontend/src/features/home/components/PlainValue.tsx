/** One vital sign's latest value in plain words: figure, unit, how long ago, and whether it is in range. */
import { IconArrowDown, IconArrowUp, IconCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Observation, VitalSign } from "../../../api/types";
import { StaleBadge } from "../../../components/StaleBadge";
import { formatAgo, formatObservation, formatUnit, observationUnit } from "../../../lib/format";
import { observationPlace, type Place, type Range } from "../../../lib/ranges";
import { signIcon } from "../../../lib/signIcons";
import { useNow } from "../../../lib/useNow";
import classes from "../home.module.css";

interface PlainValueProps {
  readonly observation: Observation;
  readonly sign: VitalSign | undefined;
  readonly rangeFor: (code: string) => Range;
}

/** A home value older than two days says little about today. */
const staleAfterMs = 48 * 3_600_000;

export function PlainValue({ observation, sign, rangeFor }: PlainValueProps) {
  const { t } = useTranslation("home");
  const age = useNow() - Date.parse(observation.effective_at);
  const stale = age > staleAfterMs;
  const place = observationPlace(observation, rangeFor);
  const Icon = signIcon(observation.code);
  return (
    <li className={`card ${classes.value}`} data-stale={stale || undefined}>
      <Icon size={28} stroke={1.5} className={classes.valueIcon} aria-hidden="true" />
      <div className={classes.valueWords}>
        <h3>{t(`common:sign.${observation.code}`, observation.display)}</h3>
        <div className={classes.figureRow}>
          <p className={classes.figure} data-held={observation.status === "quarantined" || undefined}>
            <strong>{formatObservation(observation, sign?.decimals)}</strong> {formatUnit(observationUnit(observation))}
          </p>
          {observation.status === "quarantined" ? (
            <span className={classes.place}>{t("quarantined")}</span>
          ) : (
            place && !stale && <PlaceMark place={place} />
          )}
        </div>
        <p className="quiet">
          {stale ? <StaleBadge ageMs={age} /> : formatAgo(age)}
          {observation.device && ` · ${t("measuredBy", { device: observation.device.name })}`}
        </p>
      </div>
    </li>
  );
}

/** The word carries it; the sign only helps the eye. Colours of alarms are left to alarms. */
function PlaceMark({ place }: { readonly place: Place }) {
  const { t } = useTranslation("home");
  const Icon = { within: IconCheck, above: IconArrowUp, below: IconArrowDown }[place];
  return (
    <span className={classes.place} data-place={place}>
      <Icon size="1.1em" stroke={2.4} aria-hidden="true" />
      {t(place)}
    </span>
  );
}
