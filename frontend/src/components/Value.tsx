/** A measured value: large figure, quiet unit, age beside it. Never a number without its unit and age. */
import { useTranslation } from "react-i18next";
import { formatAge, formatNumber, formatUnit } from "../lib/format";
import { useNow } from "../lib/useNow";
import classes from "./components.module.css";
import { StaleBadge } from "./StaleBadge";

export interface ValueProps {
  readonly value: number | null;
  readonly unit: string | null;
  /** RFC 3339. */
  readonly at: string;
  readonly decimals?: number;
  /** Shown instead of the number: "138/88", "Alert". */
  readonly text?: string;
  /** Older than this is stale. */
  readonly staleAfterMs?: number;
  readonly size?: "sm" | "md" | "lg";
}

export function Value({ value, unit, at, decimals, text, staleAfterMs, size = "md" }: ValueProps) {
  const { t } = useTranslation("common");
  const age = useNow() - Date.parse(at);
  const stale = staleAfterMs !== undefined && age > staleAfterMs;
  const figure = text ?? (value === null ? t("absent.none") : formatNumber(value, decimals));
  return (
    <span className={classes.value} data-size={size} data-stale={stale || undefined}>
      <span className={classes.figure}>{figure}</span>
      {unit !== null && <span className={classes.unit}>{formatUnit(unit)}</span>}
      {stale ? <StaleBadge ageMs={age} /> : <span className={classes.age}>{formatAge(age)}</span>}
    </span>
  );
}
