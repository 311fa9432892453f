/** What stands beside the board: the opened patient, else the alert inbox, else a narrow handle. */
import { ActionIcon, Drawer, Tooltip } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { AlertInbox } from "../alerts/AlertInbox";
import classes from "./board.module.css";
import type { Column } from "./columns";
import { PatientPeek } from "./PatientPeek";
import type { BoardRow } from "./triage";

interface BoardDockProps {
  readonly row: BoardRow | null;
  readonly columns: readonly Column[];
  readonly now: number;
  readonly narrow: boolean;
  readonly inboxOpen: boolean;
  readonly onInbox: (open: boolean) => void;
  readonly onClose: () => void;
}

export function BoardDock({ row, columns, now, narrow, inboxOpen, onInbox, onClose }: BoardDockProps) {
  const { t } = useTranslation("board");
  if (narrow) {
    return (
      <Drawer
        opened={row !== null}
        onClose={onClose}
        position="bottom"
        size="92%"
        title={row?.item.patient.name}
        closeButtonProps={{ "aria-label": t("close") }}
      >
        {row && <PatientPeek row={row} columns={columns} now={now} />}
      </Drawer>
    );
  }
  if (row) {
    return (
      <aside className={classes.dock} aria-label={row.item.patient.name}>
        <PatientPeek key={row.item.patient.id} row={row} columns={columns} now={now} onClose={onClose} />
      </aside>
    );
  }
  if (inboxOpen) {
    return (
      <div className={classes.dock}>
        <AlertInbox onFold={() => onInbox(false)} />
      </div>
    );
  }
  return (
    <div className={classes.handle}>
      <Tooltip label={t("showInbox")} position="left">
        <ActionIcon variant="default" size={36} aria-label={t("showInbox")} onClick={() => onInbox(true)}>
          <IconBell size={18} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
