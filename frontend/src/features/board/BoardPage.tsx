/** The professional's home: everyone in their care, most acute first. */

import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { vitalSignsOptions } from "../../api/vitalSigns";
import { useNow } from "../../lib/useNow";
import { alertsOptions } from "../alerts/queries";
import { useLiveAlerts } from "../alerts/useLiveAlerts";
import { BoardCards } from "./BoardCards";
import { BoardDock } from "./BoardDock";
import { BoardEmpty, BoardFailed, BoardLoading } from "./BoardStates";
import { BoardTable } from "./BoardTable";
import { BoardToolbar } from "./BoardToolbar";
import classes from "./board.module.css";
import { columnsOf, defaultColumns } from "./columns";
import { boardOptions } from "./queries";
import { useBoardSettings } from "./settings";
import { type BoardFilter, boardRows, filterRows, groupByPatient, wardsOf } from "./triage";
import { useLiveBoard } from "./useLiveBoard";

export function BoardPage() {
  const { t } = useTranslation("board");
  const now = useNow(30_000);
  const narrow = useMediaQuery("(max-width: 48em)") ?? false;
  const [settings, change] = useBoardSettings();
  const [filter, setFilter] = useState<BoardFilter>({ ward: null, state: "all", search: "" });
  const [openId, setOpenId] = useState<string | null>(null);
  const board = useQuery(boardOptions());
  const vitals = useQuery(vitalSignsOptions);
  const open = useQuery(alertsOptions({ status: "open" }));
  useLiveBoard();
  useLiveAlerts();

  const items = board.data?.items;
  const alerts = useMemo(() => groupByPatient(open.data?.items ?? []), [open.data]);
  const all = useMemo(() => boardRows(items ?? [], alerts, now), [items, alerts, now]);
  const rows = useMemo(() => filterRows(all, filter), [all, filter]);
  const columns = useMemo(() => columnsOf(vitals.data?.items ?? []), [vitals.data]);
  const chosen = settings.columns ?? defaultColumns(columns, items ?? [], open.data?.items ?? []);
  const shown = columns.filter((column) => chosen.includes(column.code));
  const openRow = all.find((row) => row.item.patient.id === openId) ?? null;
  const failed = (board.isError && !items) || (vitals.isError && !vitals.data);
  return (
    <div className={classes.page} data-density={settings.density}>
      <div className={classes.main}>
        <BoardToolbar
          rows={all}
          shownCount={rows.length}
          wards={wardsOf(items ?? [])}
          filter={filter}
          onFilter={setFilter}
          columns={columns}
          chosen={chosen}
          settings={settings}
          onSettings={change}
        />
        {failed ? (
          <BoardFailed
            onRetry={() => {
              void board.refetch();
              void vitals.refetch();
            }}
          />
        ) : !items || !vitals.data ? (
          <BoardLoading />
        ) : rows.length === 0 ? (
          <BoardEmpty filtered={items.length > 0} onClear={() => setFilter({ ward: null, state: "all", search: "" })} />
        ) : narrow ? (
          <BoardCards rows={rows} columns={shown} now={now} onOpen={setOpenId} />
        ) : (
          <BoardTable
            rows={rows}
            columns={shown}
            now={now}
            roomy={settings.density === "roomy"}
            openId={openId}
            onOpen={setOpenId}
          />
        )}
        {open.isError && <p className={classes.warning}>{t("alertsUnavailable")}</p>}
      </div>
      <BoardDock
        row={openRow}
        columns={columns}
        now={now}
        narrow={narrow}
        inboxOpen={settings.inboxOpen}
        onInbox={(inboxOpen) => change({ inboxOpen })}
        onClose={() => setOpenId(null)}
      />
    </div>
  );
}
