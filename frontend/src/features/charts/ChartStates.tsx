/** The charts while loading, without data, and after a failure. */
import { Alert, Button, Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./charts.module.css";

export function ChartsLoading({ plain }: { plain: boolean }) {
  const { t } = useTranslation("charts");
  return (
    <div className={classes.charts} aria-busy="true" aria-label={t("loading")} role="status">
      <Skeleton height={plain ? 48 : 36} width={360} maw="100%" />
      <div className={classes.stack}>
        {["a", "b", "c", "d"].map((key) => (
          <div key={key} className={classes.panel} data-plain={plain || undefined}>
            <div className={classes.head}>
              <Skeleton height={14} width={110} />
              <Skeleton height={24} width={80} mt={8} />
            </div>
            <Skeleton height={plain ? 160 : 96} my={8} />
          </div>
        ))}
      </div>
    </div>
  );
}

export function ChartsEmpty({ plain }: { plain: boolean }) {
  const { t } = useTranslation("charts");
  return (
    <div className={classes.empty}>
      <h3>{t("emptyTitle")}</h3>
      <p>{t(plain ? "emptyPlain" : "emptyText")}</p>
    </div>
  );
}

export function ChartsFailed({ onRetry }: { onRetry: () => void }) {
  const { t } = useTranslation("charts");
  return (
    <Alert color="gray" title={t("failedTitle")} role="alert">
      <p>{t("failedText")}</p>
      <Button variant="default" onClick={onRetry}>
        {t("retry")}
      </Button>
    </Alert>
  );
}
