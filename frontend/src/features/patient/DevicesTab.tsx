/** Which devices measure this patient now, and which did before. */
import { Badge, Button, Skeleton, Table } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Device } from "../../api/types";
import { formatAgo, formatInstant } from "../../lib/format";
import { useNow } from "../../lib/useNow";
import classes from "./patient.module.css";
import { devicesOptions } from "./queries";

export function DevicesTab({ patientId }: { patientId: string }) {
  const { t } = useTranslation("patient");
  const query = useQuery(devicesOptions(patientId));
  if (query.isError && !query.data) {
    return (
      <div className={classes.empty} role="alert">
        <p>{t("devicesFailed")}</p>
        <Button variant="default" onClick={() => void query.refetch()}>
          {t("retry")}
        </Button>
      </div>
    );
  }
  if (!query.data) return <Skeleton height={160} role="status" aria-label={t("loading")} />;
  const current = query.data.items.filter((device) => device.patient_id === patientId);
  const history = query.data.items.flatMap((device) =>
    device.assignments.filter((part) => part.patient_id === patientId).map((part) => ({ device, part })),
  );
  if (history.length === 0 && current.length === 0) {
    return (
      <div className={classes.empty}>
        <h2>{t("noDevices")}</h2>
        <p>{t("noDevicesText")}</p>
      </div>
    );
  }
  return (
    <div className={classes.stack}>
      <h2 className={classes.sub}>{t("currentDevices")}</h2>
      {current.length === 0 ? <p className={classes.quiet}>{t("noneNow")}</p> : <CurrentDevices devices={current} />}
      <h2 className={classes.sub}>{t("assignmentHistory")}</h2>
      <div className={classes.tableScroll}>
        <Table verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t("device")}</Table.Th>
              <Table.Th scope="col">{t("from")}</Table.Th>
              <Table.Th scope="col">{t("until")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {history
              .toSorted((a, b) => Date.parse(b.part.start) - Date.parse(a.part.start))
              .map(({ device, part }) => (
                <Table.Tr key={`${device.id}-${part.start}`}>
                  <Table.Td>{device.name}</Table.Td>
                  <Table.Td>{formatInstant(Date.parse(part.start))}</Table.Td>
                  <Table.Td>{part.end ? formatInstant(Date.parse(part.end)) : t("stillAssigned")}</Table.Td>
                </Table.Tr>
              ))}
          </Table.Tbody>
        </Table>
      </div>
    </div>
  );
}

const silentAfterMs = 24 * 3_600_000;
const lowBattery = 20;

function CurrentDevices({ devices }: { devices: readonly Device[] }) {
  const { t } = useTranslation("patient");
  const now = useNow(30_000);
  return (
    <ul className={classes.devices}>
      {devices.map((device) => {
        const silence = device.last_seen_at === null ? null : now - Date.parse(device.last_seen_at);
        const battery = device.battery_percent;
        return (
          <li
            key={device.id}
            className={classes.card}
            data-stale={silence === null || silence > silentAfterMs || undefined}
          >
            <h3>{device.name}</h3>
            <p className={classes.quiet}>{device.kind}</p>
            <p>{silence === null ? t("neverSeen") : t("lastSeen", { ago: formatAgo(silence) })}</p>
            {battery !== null && <p>{t(battery <= lowBattery ? "batteryLow" : "battery", { percent: battery })}</p>}
            {!device.enabled && (
              <Badge variant="outline" color="gray">
                {t("switchedOff")}
              </Badge>
            )}
          </li>
        );
      })}
    </ul>
  );
}
