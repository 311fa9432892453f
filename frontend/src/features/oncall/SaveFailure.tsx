/** Why nothing was saved. If somebody else was first, their version can be loaded. */
import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { problemText } from "../../components/ErrorState";
import { Problem } from "../../lib/api";
import classes from "./oncall.module.css";

interface SaveFailureProps {
  readonly error: Error | null;
  /** Which words: of the team's editor, or of the ladders'. */
  readonly of: "editor" | "ladders";
  readonly onLoadNewer: () => void;
}

export function SaveFailure({ error, of, onLoadNewer }: SaveFailureProps) {
  const { t } = useTranslation("oncall");
  if (!error) return null;
  const conflict = error instanceof Problem && error.status === 409;
  return (
    <div role="alert" className={classes.failure}>
      <p>{conflict ? t(`${of}.conflict`) : t(`${of}.notSaved`, { reason: problemText(error, t) })}</p>
      {conflict && (
        <>
          <Button variant="default" onClick={onLoadNewer}>
            {t(`${of}.loadNewer`)}
          </Button>
          <p className={classes.quiet}>{t(`${of}.loadNewerHint`)}</p>
        </>
      )}
    </div>
  );
}
