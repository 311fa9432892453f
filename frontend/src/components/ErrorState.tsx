/** What happened, and what to do. */
import { Button } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { Problem } from "../lib/api";
import classes from "./components.module.css";

export interface ErrorStateProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
  readonly title?: string;
}

/** A failure in words for the person in front of the screen. */
export function problemText(error: unknown, t: TFunction): string {
  if (!(error instanceof Problem)) return t("common:error.server");
  if (error.status === 0) return t("common:error.offline");
  if (error.status === 429) return t("common:error.busy", { seconds: error.retryAfterS ?? 60 });
  if (error.status === 403) return t("common:error.forbidden");
  if (error.status === 404) return t("common:error.missing");
  if (error.status >= 500) return t("common:error.server");
  return error.message;
}

export function ErrorState({ error, onRetry, title }: ErrorStateProps) {
  const { t } = useTranslation("common");
  return (
    <div className={classes.state} role="alert">
      <span className={classes.stateIcon} aria-hidden="true">
        <IconPlugConnectedX />
      </span>
      <h2>{title ?? t("error.title")}</h2>
      <p className={classes.about}>{problemText(error, t)}</p>
      {onRetry && (
        <Button variant="default" onClick={onRetry}>
          {t("error.retry")}
        </Button>
      )}
    </div>
  );
}
