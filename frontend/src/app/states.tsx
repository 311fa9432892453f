/** What stands in a page's place: loading, failed, not there. */
import { Button, Skeleton } from "@mantine/core";
import { IconCompass } from "@tabler/icons-react";
import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { EmptyState } from "../components/EmptyState";
import { ErrorState } from "../components/ErrorState";
import { RowsSkeleton } from "../components/Skeletons";

export function PageSkeleton() {
  return (
    <>
      <Skeleton height={28} width={220} mb={20} />
      <RowsSkeleton />
    </>
  );
}

export function PageFailed({ error, reset }: ErrorComponentProps) {
  return <ErrorState error={error} onRetry={reset} />;
}

export function NotFoundPage() {
  const { t } = useTranslation("shell");
  return (
    <EmptyState
      icon={<IconCompass />}
      title={t("notFound.title")}
      action={
        <Button variant="default" component={Link} to="/">
          {t("notFound.home")}
        </Button>
      }
    >
      {t("notFound.about")}
    </EmptyState>
  );
}
