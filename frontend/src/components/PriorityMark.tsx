/** An alarm's priority as shape and colour. The word is always there: shown, or for screen readers when compact. */
import { VisuallyHidden } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Priority } from "../api/types";
import classes from "./components.module.css";

export interface PriorityMarkProps {
  readonly priority: Priority;
  /** The shape alone; the word stays for screen readers. */
  readonly compact?: boolean;
  /** Flash at the standard's rate while nobody has acknowledged. Only high and medium do. */
  readonly flashing?: boolean;
}

export function PriorityMark({ priority, compact = false, flashing = false }: PriorityMarkProps) {
  const { t } = useTranslation("common");
  const word = t(`priority.${priority}`);
  return (
    <span className={classes.priority} data-priority={priority} data-flashing={flashing || undefined}>
      <svg viewBox="0 0 12 12" width="1em" height="1em" aria-hidden="true">
        {priority === "high" && <path d="M6 0 12 6 6 12 0 6Z" fill="currentColor" />}
        {priority === "medium" && <path d="M6 .8 12 11.4H0Z" fill="var(--medium-fill)" />}
        {priority === "low" && <circle cx="6" cy="6" r="5" fill="currentColor" />}
      </svg>
      {compact ? <VisuallyHidden>{word}</VisuallyHidden> : <span>{word}</span>}
    </span>
  );
}
