/** Every device: what it is, whose, how it is. */
import { Button } from "@mantine/core";
import { IconDeviceWatch, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCan } from "../../../api/me";
import type { Device } from "../../../api/types";
import { type Column, DataTable } from "../../../components/DataTable";
import { EmptyState } from "../../../components/EmptyState";
import { ErrorState } from "../../../components/ErrorState";
import { PageHeader } from "../../../components/PageHeader";
import { SearchBox } from "../../../components/SearchBox";
import { RowsSkeleton } from "../../../components/Skeletons";
import { StaleBadge } from "../../../components/StaleBadge";
import { StatusPill } from "../../../components/StatusPill";
import { formatAgo } from "../../../lib/format";
import { useNow } from "../../../lib/useNow";
import { devicesOptions } from "../api/devices";
import { AddDeviceDialog } from "../components/AddDeviceDialog";
import { ManageDeviceDialog } from "../components/ManageDeviceDialog";
import classes from "../devices.module.css";

/** A device silent for longer shows its silence. */
const staleAfterMs = 24 * 3_600_000;
const lowBattery = 20;

export function DevicesPage() {
  const { t } = useTranslation("devices");
  const [search, setSearch] = useState("");
  const [adding, setAdding] = useState(false);
  const [managed, setManaged] = useState<Device | null>(null);
  const [said, setSaid] = useState("");
  const mayAdd = useCan("device:create");
  return (
    <>
      <PageHeader
        title={t("title")}
        about={t("about")}
        actions={
          <>
            <SearchBox label={t("find")} onSearch={setSearch} />
            {mayAdd && (
              <Button leftSection={<IconPlus size={16} aria-hidden="true" />} onClick={() => setAdding(true)}>
                {t("add")}
              </Button>
            )}
          </>
        }
      />
      <p role="status" className="quiet">
        {said}
      </p>
      <DevicesTable search={search} onManage={setManaged} />
      {adding && <AddDeviceDialog onClose={() => setAdding(false)} />}
      {managed && (
        <ManageDeviceDialog
          device={managed}
          onClose={() => setManaged(null)}
          onSaved={(name) => {
            setManaged(null);
            setSaid(t("saved", { name }));
          }}
        />
      )}
    </>
  );
}

interface TableProps {
  readonly search: string;
  readonly onManage: (device: Device) => void;
}

function DevicesTable({ search, onManage }: TableProps) {
  const { t } = useTranslation("devices");
  const query = useQuery(devicesOptions);
  const columns = useColumns(onManage);
  if (query.isPending) return <RowsSkeleton columns={6} />;
  if (!query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const wanted = search.toLowerCase();
  const rows = query.data.filter((device) =>
    [device.name, device.kind, device.patient_name ?? ""].some((text) => text.toLowerCase().includes(wanted)),
  );
  if (rows.length === 0) {
    return (
      <EmptyState icon={<IconDeviceWatch />} title={search ? t("common:filterEmpty") : t("empty")}>
        {search ? t("common:filterEmptyText") : t("emptyText")}
      </EmptyState>
    );
  }
  return (
    <DataTable
      caption={t("title")}
      columns={columns}
      rows={rows}
      rowKey={(device) => device.id}
      dimmed={(device) => !device.enabled}
    />
  );
}

function useColumns(onManage: (device: Device) => void): readonly Column<Device>[] {
  const { t } = useTranslation("devices");
  const mayRead = useCan("observation:read");
  const mayChange = useCan("device:update");
  const manage: Column<Device> = {
    key: "manage",
    title: t("manage"),
    untitled: true,
    end: true,
    cell: (device) => (
      <Button
        size="compact-sm"
        variant="default"
        aria-label={t("manageOf", { name: device.name })}
        onClick={() => onManage(device)}
      >
        {t("manage")}
      </Button>
    ),
  };
  return [
    { key: "name", title: t("name"), cell: (device) => device.name },
    { key: "kind", title: t("kind"), cell: (device) => device.kind.replaceAll("_", " "), wideOnly: true },
    { key: "patient", title: t("patient"), cell: (device) => <Whose device={device} mayRead={mayRead} /> },
    { key: "seen", title: t("lastSeen"), cell: (device) => <LastSeen at={device.last_seen_at} /> },
    {
      key: "battery",
      title: t("battery"),
      cell: (device) => <Battery percent={device.battery_percent} />,
      wideOnly: true,
    },
    {
      key: "state",
      title: t("state"),
      wideOnly: true,
      cell: (device) => (
        <StatusPill tone={device.enabled ? "good" : "off"}>{t(device.enabled ? "enabled" : "disabled")}</StatusPill>
      ),
    },
    ...(mayChange ? [manage] : []),
  ];
}

function Whose({ device, mayRead }: { readonly device: Device; readonly mayRead: boolean }) {
  const { t } = useTranslation("devices");
  if (device.patient_id === null) return <span className="quiet">{t("unassigned")}</span>;
  const name = device.patient_name ?? device.patient_id;
  if (!mayRead) return name;
  return (
    <Link to="/patients/$patientId" params={{ patientId: device.patient_id }}>
      {name}
    </Link>
  );
}

function LastSeen({ at }: { readonly at: string | null }) {
  const { t } = useTranslation("devices");
  const now = useNow();
  if (at === null) return <span className="quiet">{t("common:never")}</span>;
  const age = now - Date.parse(at);
  return age > staleAfterMs ? <StaleBadge ageMs={age} /> : formatAgo(age);
}

function Battery({ percent }: { readonly percent: number | null }) {
  const { t } = useTranslation("devices");
  if (percent === null) return <span className="quiet">–</span>;
  const low = percent < lowBattery;
  return <span className={low ? classes.low : undefined}>{t(low ? "batteryLow" : "batteryValue", { percent })}</span>;
}
