/** Who was told of an alert, by which channel, and what became of it. */
import { IconAlertTriangle, IconCheck, IconClock, IconSlash, type TablerIcon } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useMe } from "../../api/me";
import type { Delivery, DeliveryState } from "../../api/types";
import { type Column, DataTable } from "../../components/DataTable";
import { formatInstant } from "../../lib/format";
import classes from "./notifications.module.css";
import { deliveriesOptions } from "./queries";

const icons: Record<DeliveryState, TablerIcon> = {
  waiting: IconClock,
  sending: IconClock,
  delivered: IconCheck,
  failed: IconAlertTriangle,
  cancelled: IconSlash,
};

export function DeliveriesCard({
  alertId,
  heading: Heading,
}: {
  readonly alertId: string;
  readonly heading: "h2" | "h3";
}) {
  const { t } = useTranslation("notifications");
  const me = useMe();
  const { data } = useQuery({
    ...deliveriesOptions(alertId),
    enabled: me.permissions.includes("notification:read"),
  });
  if (!data) return null;
  const columns: readonly Column<Delivery>[] = [
    { key: "who", title: t("deliveries.who"), cell: (row) => row.user_name },
    { key: "channel", title: t("deliveries.channel"), cell: (row) => t(`channel.${row.channel}`, row.channel) },
    {
      key: "when",
      title: t("deliveries.when"),
      cell: (row) => formatInstant(Date.parse(row.ended_at ?? row.requested_at)),
      wideOnly: true,
      oneLine: true,
    },
    { key: "state", title: t("deliveries.state"), cell: (row) => <State row={row} /> },
  ];
  return (
    <div className={classes.deliveries}>
      <Heading>{t("deliveries.title")}</Heading>
      {data.items.length > 0 ? (
        <DataTable
          caption={t("deliveries.title")}
          columns={columns}
          rows={data.items}
          rowKey={(row) => `${row.user_id}-${row.channel}-${row.requested_at}-${row.attempts}`}
        />
      ) : (
        <p className="quiet">{t("deliveries.none")}</p>
      )}
      {data.unreached.length > 0 && (
        <p className={classes.unreached}>
          <IconAlertTriangle size={16} aria-hidden="true" />
          {t("deliveries.unreached", {
            names: [...new Set(data.unreached.map((each) => each.user_name))].join(", "),
          })}
        </p>
      )}
    </div>
  );
}

function State({ row }: { readonly row: Delivery }) {
  const { t } = useTranslation("notifications");
  const Icon = icons[row.state];
  return (
    <span className={classes.deliveryState} data-state={row.state}>
      <Icon size={16} aria-hidden="true" /> {t(`deliveryState.${row.state}`)}
      {row.state !== "delivered" && row.error && <small className="quiet"> {row.error}</small>}
    </span>
  );
}
