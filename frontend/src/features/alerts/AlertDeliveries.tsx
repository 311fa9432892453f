/** Who was told of an alert, when, by which channel, and whether it arrived. */
import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useCan } from "../../api/me";
import type { Alert, Deliveries, Delivery } from "../../api/types";
import { StatusPill, type StatusPillProps } from "../../components/StatusPill";
import { formatInstant } from "../../lib/format";
import classes from "./alerts.module.css";
import { deliveriesOptions } from "./queries";

interface AlertDeliveriesProps {
  readonly alert: Alert;
  readonly heading: "h2" | "h3";
}

export function AlertDeliveries({ alert, heading: Heading }: AlertDeliveriesProps) {
  const { t } = useTranslation("alerts");
  const mayRead = useCan("notification:read");
  const query = useQuery({ ...deliveriesOptions(alert.id, alert.status === "active"), enabled: mayRead });
  if (!mayRead) return null;
  return (
    <section aria-label={t("toldOutside")}>
      <Heading className={classes.sub}>{t("toldOutside")}</Heading>
      {query.data ? (
        <DeliveryList deliveries={query.data} />
      ) : query.isPending ? (
        <Skeleton height={64} role="status" aria-label={t("loading")} />
      ) : (
        <p role="alert">
          {t("toldFailed")}{" "}
          <Button size="compact-sm" variant="default" onClick={() => void query.refetch()}>
            {t("retry")}
          </Button>
        </p>
      )}
    </section>
  );
}

function DeliveryList({ deliveries }: { readonly deliveries: Deliveries }) {
  const { t } = useTranslation("alerts");
  const { items, unreached } = deliveries;
  if (items.length === 0 && unreached.length === 0) return <p className={classes.quiet}>{t("toldOutsideNobody")}</p>;
  return (
    <ul className={classes.timeline}>
      {unreached.map((person) => (
        <li key={`${person.user_id}-${person.requested_at}`}>
          <time dateTime={person.requested_at}>{formatInstant(Date.parse(person.requested_at))}</time>
          <div>
            <strong>{person.user_name}</strong> <StatusPill tone="attention">{t("unreached")}</StatusPill>
            <span className={classes.deliveryNote}>{t("unreachedText")}</span>
          </div>
        </li>
      ))}
      {items.map((delivery) => (
        <li key={`${delivery.user_id}-${delivery.channel}-${delivery.requested_at}-${delivery.kind}`}>
          <time dateTime={delivery.requested_at}>{formatInstant(Date.parse(delivery.requested_at))}</time>
          <DeliveryLine delivery={delivery} />
        </li>
      ))}
    </ul>
  );
}

const tones: Record<Delivery["state"], StatusPillProps["tone"]> = {
  waiting: "plain",
  sending: "plain",
  delivered: "good",
  failed: "attention",
  cancelled: "off",
};

function DeliveryLine({ delivery }: { readonly delivery: Delivery }) {
  const { t } = useTranslation("alerts");
  const { state, channel, kind, attempts, ended_at, next_attempt_at, error } = delivery;
  const note = [
    kind === "escalation" && t("asEscalation"),
    state === "delivered" && ended_at && t("arrived", { at: formatInstant(Date.parse(ended_at)) }),
    attempts > 1 && t("attempts", { count: attempts }),
    state === "waiting" && next_attempt_at && t("nextAttempt", { at: formatInstant(Date.parse(next_attempt_at)) }),
    state !== "delivered" && error,
  ];
  return (
    <div>
      <strong>{delivery.user_name}</strong> · {t(`channel.${channel}`, { defaultValue: channel })}{" "}
      <StatusPill tone={tones[state]}>{t(`delivery.${state}`)}</StatusPill>
      <span className={classes.deliveryNote}>{note.filter(Boolean).join(" · ")}</span>
    </div>
  );
}
