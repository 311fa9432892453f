/** The patient's start page: how am I, and one thing to do. */
import { Button, Skeleton } from "@mantine/core";
import { IconChartLine, IconCirclePlus, IconHeartbeat } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMe } from "../../../api/me";
import { latestOptions, openAlertsOptions, ownRulesOptions } from "../../../api/patientVitals";
import type { Observation, VitalSign } from "../../../api/types";
import { vitalSignsOptions } from "../../../api/vitalSigns";
import { EmptyState } from "../../../components/EmptyState";
import { ErrorState } from "../../../components/ErrorState";
import { PageHeader } from "../../../components/PageHeader";
import { CardsSkeleton } from "../../../components/Skeletons";
import { observationPlace, type Range, rangeOf } from "../../../lib/ranges";
import { DueToday } from "../../plan/DueToday";
import { dueOptions } from "../../plan/queries";
import { PlainAlerts } from "../components/PlainAlerts";
import { PlainValue } from "../components/PlainValue";
import classes from "../home.module.css";
import { useLiveHome } from "../useLiveHome";
import { firstName, greetingKey } from "../words";

export function HomePage() {
  const { t } = useTranslation("home");
  const { patient_id: patientId } = useMe();
  if (patientId === null) return <EmptyState title={t("noPatient.title")}>{t("noPatient.about")}</EmptyState>;
  return <Home patientId={patientId} />;
}

function Home({ patientId }: { readonly patientId: string }) {
  const { t } = useTranslation("home");
  const { name } = useMe();
  const latest = useQuery(latestOptions(patientId));
  const table = useQuery(vitalSignsOptions);
  const rules = useQuery(ownRulesOptions(patientId));
  const alerts = useQuery(openAlertsOptions(patientId));
  const due = useQuery(dueOptions(patientId));
  useLiveHome(patientId);
  const signs = table.data?.items ?? [];
  const rangeFor = (code: string): Range => rangeOf(code, rules.data, signs);
  const items = inTableOrder(latest.data?.items ?? [], signs);
  const open = alerts.data?.items ?? [];
  const calm =
    open.length === 0 &&
    items.every((item) => observationPlace(item, rangeFor) !== "above" && observationPlace(item, rangeFor) !== "below");
  const summary = items.length === 0 ? "nothingYet" : calm ? "calm" : "someOutside";
  return (
    <div className={classes.page}>
      <PageHeader
        title={t(greetingKey(new Date().getHours()), { name: firstName(name) })}
        about={latest.data && table.data && !rules.isPending ? t(summary) : <Skeleton height={18} width={260} />}
      />
      <DueToday patientId={patientId} />
      <Button
        component={Link}
        to="/measure"
        variant={due.data?.now.length ? "default" : "filled"}
        size="md"
        fullWidth
        leftSection={<IconCirclePlus aria-hidden="true" />}
      >
        {t("add")}
      </Button>
      <PlainAlerts alerts={open} />
      <section aria-labelledby="home-latest">
        <h2 id="home-latest">{t("latest")}</h2>
        {latest.isPending || table.isPending ? (
          <CardsSkeleton cards={4} />
        ) : latest.isError && !latest.data ? (
          <ErrorState error={latest.error} onRetry={() => void latest.refetch()} />
        ) : items.length === 0 ? (
          <EmptyState icon={<IconHeartbeat />} title={t("emptyTitle")}>
            {t("emptyText")}
          </EmptyState>
        ) : (
          <>
            <ul className={classes.values}>
              {items.map((item) => (
                <PlainValue
                  key={item.code}
                  observation={item}
                  sign={signs.find((sign) => sign.code === item.code)}
                  rangeFor={rangeFor}
                />
              ))}
            </ul>
            <Button
              component={Link}
              to="/my-charts"
              variant="default"
              fullWidth
              leftSection={<IconChartLine aria-hidden="true" />}
            >
              {t("charts")}
            </Button>
          </>
        )}
      </section>
    </div>
  );
}

/** Consciousness is staff's assessment; it says nothing helpful to the person assessed. */
const assessedByStaff = "67775-7";

/** The order in which people expect vital signs; a panel shows once. */
function inTableOrder(items: readonly Observation[], signs: readonly VitalSign[]): Observation[] {
  const place = new Map(signs.map((sign, index) => [sign.code, index]));
  const last = signs.length;
  return items
    .filter((item) => item.code !== assessedByStaff)
    .toSorted((a, b) => (place.get(a.code) ?? last) - (place.get(b.code) ?? last));
}
