/** The drivers, and the health of each. */
import { IconPlugConnected } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { driversOptions } from "../../../api/drivers";
import type { Driver } from "../../../api/types";
import { type Column, DataTable } from "../../../components/DataTable";
import { EmptyState } from "../../../components/EmptyState";
import { ErrorState } from "../../../components/ErrorState";
import { PageHeader } from "../../../components/PageHeader";
import { RowsSkeleton } from "../../../components/Skeletons";
import { StatusPill } from "../../../components/StatusPill";
import { Faulty } from "../components/Faulty";
import classes from "../oversight.module.css";

export function DriversPage() {
  const { t } = useTranslation("oversight");
  const query = useQuery(driversOptions);
  return (
    <>
      <PageHeader title={t("drivers.title")} about={t("drivers.about")} />
      {query.isPending ? (
        <RowsSkeleton columns={5} />
      ) : !query.data ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data.items.length === 0 ? (
        <EmptyState icon={<IconPlugConnected />} title={t("drivers.empty")}>
          {t("drivers.emptyText")}
        </EmptyState>
      ) : (
        <Drivers drivers={query.data.items} />
      )}
    </>
  );
}

function Drivers({ drivers }: { readonly drivers: readonly Driver[] }) {
  const { t } = useTranslation("oversight");
  const columns: readonly Column<Driver>[] = [
    {
      key: "driver",
      title: t("drivers.driver"),
      cell: (driver) => (
        <>
          {driver.kind.replaceAll("_", " ")} <code className={classes.id}>{driver.id}</code>
        </>
      ),
    },
    { key: "models", title: t("drivers.models"), cell: (driver) => `${driver.vendor} · ${driver.models.join(", ")}` },
    {
      key: "transports",
      title: t("drivers.transports"),
      cell: (driver) => driver.transports.join(", "),
      wideOnly: true,
    },
    {
      key: "origin",
      title: t("drivers.origin"),
      cell: (driver) => <span className="quiet">{driver.builtin ? t("drivers.builtin") : driver.origin}</span>,
      wideOnly: true,
    },
    {
      key: "state",
      title: t("drivers.state"),
      cell: (driver) => (
        <StatusPill tone={driver.status === "active" ? "good" : "attention"}>
          {t(`drivers.${driver.status}`)}
        </StatusPill>
      ),
    },
  ];
  return (
    <>
      {drivers
        .filter((driver) => driver.status === "quarantined")
        .map((driver) => (
          <Faulty
            key={driver.id}
            name={driver.id}
            state={t("drivers.quarantined")}
            about={t("drivers.quarantinedAbout")}
            error={driver.error}
          />
        ))}
      <DataTable caption={t("drivers.title")} columns={columns} rows={drivers} rowKey={(driver) => driver.id} />
    </>
  );
}
