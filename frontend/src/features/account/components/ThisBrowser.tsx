/** Notifications of this browser: explained before the browser asks, and what to do when it was told no. */
import { Button, Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ErrorState } from "../../../components/ErrorState";
import { StatusPill } from "../../../components/StatusPill";
import classes from "../account.module.css";
import { useThisBrowser } from "../api/notifications";
import { Outcome } from "./Outcome";
import { Section } from "./Section";

export function ThisBrowser() {
  const { t } = useTranslation("account");
  const { query, state, turnOn, turnOff } = useThisBrowser();
  return (
    <Section title={t("reach.thisBrowser")}>
      {query.isPending ? (
        <Skeleton height={60} role="status" aria-label={t("reach.looking")} />
      ) : state === undefined ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : state === "on" ? (
        <>
          <p>
            <StatusPill tone="good">{t("reach.on")}</StatusPill> {t("reach.onText")}
          </p>
          <Button variant="default" loading={turnOff.isPending} onClick={() => turnOff.mutate()}>
            {t("reach.turnOff")}
          </Button>
        </>
      ) : state === "off" ? (
        <>
          <p>{t("reach.offText")}</p>
          <p className="quiet">{t("reach.prompt")}</p>
          <Button loading={turnOn.isPending} onClick={() => turnOn.mutate()}>
            {t("reach.turnOn")}
          </Button>
        </>
      ) : (
        <div className={classes.trouble}>
          <p>
            <strong>{t(`reach.cannot.${state}`)}</strong>
          </p>
          <p>{t(`reach.cannotText.${state}`)}</p>
        </div>
      )}
      <Outcome error={turnOn.error ?? turnOff.error} done={turnOn.data === false && t("reach.notNow")} />
    </Section>
  );
}
