/** The patient page when the patient cannot be shown. */
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Problem } from "../../lib/api";
import classes from "./patient.module.css";

export function PatientFailed({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const { t } = useTranslation("patient");
  const unknown = error instanceof Problem && error.status === 404;
  return (
    <div className={classes.empty} role="alert">
      <h1>{t(unknown ? "unknownTitle" : "failedTitle")}</h1>
      <p>{t(unknown ? "unknownText" : "failedText")}</p>
      {unknown ? (
        <Link to="/board">{t("backToBoard")}</Link>
      ) : (
        <Button variant="default" onClick={onRetry}>
          {t("retry")}
        </Button>
      )}
    </div>
  );
}
