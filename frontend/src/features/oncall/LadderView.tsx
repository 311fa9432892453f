/** A ladder to read: which alerts climb it, its steps from the first to the last, and whether it is said again. */
import { useTranslation } from "react-i18next";
import type { Ladder } from "../../api/types";
import classes from "./oncall.module.css";
import { capital, delayText, durationText, kindText, listText, targetsText } from "./words";

export function LadderView({ ladder, number }: { readonly ladder: Ladder; readonly number: number }) {
  const { t } = useTranslation("oncall");
  const kinds = ladder.kinds ? listText(ladder.kinds.map((kind) => kindText(kind, t))) : t("ladders.everyKind");
  const priorities = ladder.priorities
    ? t("ladders.ofPriority", { priorities: listText(ladder.priorities.map((each) => t(`priority.${each}`))) })
    : t("ladders.everyPriority");
  return (
    <article className={`card ${classes.ladder}`} aria-label={ladder.title}>
      <header>
        <h2>
          <span className={classes.quiet}>{number}.</span> {ladder.title}
        </h2>
        <p className={classes.quiet}>{`${capital(kinds)}, ${priorities}`}</p>
      </header>
      <ol className={classes.rungs} aria-label={t("ladders.steps", { title: ladder.title })}>
        {ladder.steps.map((step) => (
          <li key={step.after_minutes}>
            <span className={classes.quiet}>{capital(delayText(step.after_minutes, t))}</span>
            <strong>{capital(targetsText(step.tell, t))}</strong>
          </li>
        ))}
      </ol>
      <p className={classes.quiet}>
        {ladder.repeat_minutes === null
          ? t("ladders.noRepeat")
          : t("ladders.repeat", { delay: durationText(ladder.repeat_minutes, t) })}
      </p>
    </article>
  );
}
