/** The alert list without alerts, and after a failure. */
import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./alerts.module.css";

export function AlertsEmpty({ filtered, compact = false }: { filtered: boolean; compact?: boolean }) {
  const { t } = useTranslation("alerts");
  return (
    <div className={classes.empty} data-compact={compact || undefined}>
      <h2>{t(filtered ? "nothingMatches" : "nothingOpen")}</h2>
      <p>{t(filtered ? "nothingMatchesText" : "nothingOpenText")}</p>
    </div>
  );
}

export function AlertsFailed({ onRetry }: { onRetry: () => void }) {
  const { t } = useTranslation("alerts");
  return (
    <div className={classes.empty} role="alert">
      <h2>{t("failedTitle")}</h2>
      <p>{t("failedText")}</p>
      <Button variant="default" onClick={onRetry}>
        {t("retry")}
      </Button>
    </div>
  );
}
