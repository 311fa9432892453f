/** The board while loading, without patients, and after a failure. */
import { Button, Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./board.module.css";

const places = Array.from({ length: 12 }, (_, i) => `row ${i}`);
const cells = Array.from({ length: 7 }, (_, i) => `cell ${i}`);

export function BoardLoading() {
  const { t } = useTranslation("board");
  return (
    <div className={classes.loading} role="status" aria-label={t("loading")}>
      {places.map((place) => (
        <div key={place} className={classes.loadingRow}>
          <div>
            <Skeleton height={13} width={140} />
            <Skeleton height={10} width={90} mt={6} />
          </div>
          {cells.map((cell) => (
            <div key={cell}>
              <Skeleton height={14} width={64} />
              <Skeleton height={10} mt={6} />
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}

export function BoardEmpty({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  const { t } = useTranslation("board");
  return (
    <div className={classes.empty}>
      <h2>{t(filtered ? "nobodyMatches" : "nobody")}</h2>
      <p>{t(filtered ? "nobodyMatchesText" : "nobodyText")}</p>
      {filtered && (
        <Button variant="default" onClick={onClear}>
          {t("showAll")}
        </Button>
      )}
    </div>
  );
}

export function BoardFailed({ onRetry }: { onRetry: () => void }) {
  const { t } = useTranslation("board");
  return (
    <div className={classes.empty} role="alert">
      <h2>{t("failedTitle")}</h2>
      <p>{t("failedText")}</p>
      <Button onClick={onRetry}>{t("retry")}</Button>
    </div>
  );
}
