/** Acknowledge and resolve, each with an optional note. */
import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Alert } from "../../api/types";
import { NoteDialog } from "./NoteDialog";
import type { AlertAction } from "./queries";

export function AlertActions({ alert, compact = false }: { alert: Alert; compact?: boolean }) {
  const { t } = useTranslation("alerts");
  const [action, setAction] = useState<AlertAction | null>(null);
  if (alert.status === "resolved") return null;
  const size = compact ? "xs" : "sm";
  return (
    <>
      <Group gap={8}>
        {alert.status === "active" && (
          <Button size={size} onClick={() => setAction("acknowledge")}>
            {t("acknowledge")}
          </Button>
        )}
        <Button size={size} variant="default" onClick={() => setAction("resolve")}>
          {t("resolve")}
        </Button>
      </Group>
      {action && <NoteDialog alert={alert} action={action} onClose={() => setAction(null)} />}
    </>
  );
}
