/** Shapes of what is loading, in the real layout's place. */
import { Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./components.module.css";

export function RowsSkeleton({ rows = 8, columns = 4 }: { readonly rows?: number; readonly columns?: number }) {
  const { t } = useTranslation("common");
  return (
    <div className={`card ${classes.rows}`} role="status" aria-label={t("loading")}>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
        <div key={row} className={classes.rowSkeleton}>
          {Array.from({ length: columns }, (_, column) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
            <Skeleton key={column} height={12} width={column === 0 ? "70%" : "45%"} />
          ))}
        </div>
      ))}
    </div>
  );
}

export function CardsSkeleton({ cards = 4, height = 108 }: { readonly cards?: number; readonly height?: number }) {
  const { t } = useTranslation("common");
  return (
    <div className={classes.cards} role="status" aria-label={t("loading")}>
      {Array.from({ length: cards }, (_, card) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
        <Skeleton key={card} height={height} radius="md" />
      ))}
    </div>
  );
}
