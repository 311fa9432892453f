/** What a professional does with an alert: acknowledge, snooze, give to a colleague, resolve. */
import { Button, Group, Menu } from "@mantine/core";
import { IconBellOff, IconBellRinging, IconUserShare } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCan, useMe } from "../../api/me";
import type { Alert } from "../../api/types";
import { formatAge } from "../../lib/format";
import classes from "./alerts.module.css";
import { NoteDialog } from "./NoteDialog";
import { snoozes } from "./order";
import { type AlertAction, colleaguesOptions, useAlertAction, useWakeAlert } from "./queries";

interface ActionsProps {
  readonly alert: Alert;
  readonly compact?: boolean;
}

export function AlertActions({ alert, compact = false }: ActionsProps) {
  const { t } = useTranslation("alerts");
  const [action, setAction] = useState<AlertAction | null>(null);
  const mayAct = useCan(alert.patient_id === null ? "technical_alert:acknowledge" : "alert:acknowledge");
  if (alert.status === "resolved" || !mayAct) return null;
  const size = compact ? "xs" : "sm";
  return (
    <>
      <Group gap={8} className={classes.actions}>
        {alert.status !== "acknowledged" && (
          <Button size={size} onClick={() => setAction("acknowledge")}>
            {t("acknowledge")}
          </Button>
        )}
        <Snooze alert={alert} size={size} />
        {!compact && <Assign alert={alert} />}
        <Button size={size} variant="default" onClick={() => setAction("resolve")}>
          {t("resolve")}
        </Button>
      </Group>
      {action && <NoteDialog alert={alert} action={action} onClose={() => setAction(null)} />}
    </>
  );
}

function Snooze({ alert, size }: { readonly alert: Alert; readonly size: "xs" | "sm" }) {
  const { t } = useTranslation("alerts");
  const act = useAlertAction();
  const wake = useWakeAlert();
  if (alert.status === "snoozed") {
    return (
      <Button
        size={size}
        variant="default"
        leftSection={<IconBellRinging size={16} aria-hidden="true" />}
        loading={wake.isPending}
        onClick={() => wake.mutate(alert.id)}
      >
        {t("wake")}
      </Button>
    );
  }
  return (
    <>
      <Menu position="bottom-start" withinPortal={false}>
        <Menu.Target>
          <Button
            size={size}
            variant="default"
            leftSection={<IconBellOff size={16} aria-hidden="true" />}
            loading={act.isPending}
          >
            {t("snooze")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {snoozes(alert).map((minutes) => (
            <Menu.Item key={minutes} onClick={() => act.mutate({ id: alert.id, action: "snooze", body: { minutes } })}>
              {t("snoozeFor", { span: formatAge(minutes * 60_000) })}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Failure error={act.error} />
    </>
  );
}

function Assign({ alert }: { readonly alert: Alert }) {
  const { t } = useTranslation("alerts");
  const me = useMe();
  const [opened, setOpened] = useState(false);
  const colleagues = useQuery({ ...colleaguesOptions, enabled: opened });
  const act = useAlertAction();
  const give = (user_id: string | null) => act.mutate({ id: alert.id, action: "assign", body: { user_id } });
  const others = (colleagues.data?.items ?? []).filter(({ id }) => id !== me.id);
  return (
    <>
      <Menu position="bottom-start" opened={opened} onChange={setOpened} withinPortal={false}>
        <Menu.Target>
          <Button
            variant="default"
            leftSection={<IconUserShare size={16} aria-hidden="true" />}
            loading={act.isPending}
          >
            {alert.assigned_to ? t("assignedTo", { name: alert.assigned_to.name }) : t("assign")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown className={classes.colleagues}>
          <Menu.Item onClick={() => give(me.id)}>{t("assignMe")}</Menu.Item>
          {others.map((colleague) => (
            <Menu.Item key={colleague.id} onClick={() => give(colleague.id)}>
              {colleague.name}
            </Menu.Item>
          ))}
          {alert.assigned_to && <Menu.Item onClick={() => give(null)}>{t("assignNobody")}</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
      <Failure error={act.error} />
    </>
  );
}

function Failure({ error }: { readonly error: Error | null }) {
  const { t } = useTranslation("alerts");
  return (
    error && (
      <p role="alert" className={classes.failed}>
        {t("actionFailed", { reason: error.message })}
      </p>
    )
  );
}
