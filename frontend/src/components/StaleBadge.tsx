/** Says that a value is old: hatched, grey, with its age. */
import { useTranslation } from "react-i18next";
import { formatAge } from "../lib/format";
import classes from "./components.module.css";

export function StaleBadge({ ageMs }: { readonly ageMs: number }) {
  const { t } = useTranslation("common");
  const age = formatAge(ageMs);
  return (
    <span className={classes.stale} title={t("stale", { age })}>
      {age}
    </span>
  );
}
