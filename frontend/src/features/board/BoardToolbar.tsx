/** What the board shows: ward, state, search, columns, density. */
import { ActionIcon, Checkbox, Menu, SegmentedControl, Select, TextInput, Tooltip } from "@mantine/core";
import { IconColumns3, IconLayoutList, IconList, IconSearch } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { isTyping } from "../alerts/order";
import classes from "./board.module.css";
import type { Column } from "./columns";
import type { BoardSettings } from "./settings";
import type { BoardFilter, BoardRow, StateFilter } from "./triage";

interface BoardToolbarProps {
  readonly rows: readonly BoardRow[];
  readonly shownCount: number;
  readonly wards: readonly string[];
  readonly filter: BoardFilter;
  readonly onFilter: (filter: BoardFilter) => void;
  readonly columns: readonly Column[];
  readonly chosen: readonly string[];
  readonly settings: BoardSettings;
  readonly onSettings: (change: Partial<BoardSettings>) => void;
}

export function BoardToolbar(props: BoardToolbarProps) {
  const { rows, shownCount, wards, filter, onFilter } = props;
  const { t } = useTranslation("board");
  return (
    <header className={classes.toolbar}>
      <h1 className={classes.heading} tabIndex={-1}>
        {t("title")} <span className={classes.countOf}>{t("shown", { shown: shownCount, count: rows.length })}</span>
      </h1>
      <Search filter={filter} onFilter={onFilter} />
      <Select
        size="xs"
        w={150}
        aria-label={t("ward")}
        placeholder={t("allWards")}
        data={[...wards]}
        value={filter.ward}
        onChange={(ward) => onFilter({ ...filter, ward })}
        clearable
        clearButtonProps={{ "aria-label": t("allWards") }}
      />
      <States rows={rows} filter={filter} onFilter={onFilter} />
      <span className={classes.spacer} />
      <Columns {...props} />
      <Density {...props} />
    </header>
  );
}

function Search({ filter, onFilter }: Pick<BoardToolbarProps, "filter" | "onFilter">) {
  const { t } = useTranslation("board");
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || isTyping(event.target)) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
  return (
    <TextInput
      ref={input}
      size="xs"
      type="search"
      className={classes.search}
      aria-label={t("search")}
      aria-keyshortcuts="/"
      placeholder={t("search")}
      leftSection={<IconSearch size={14} aria-hidden="true" />}
      rightSection={<kbd className={classes.kbd}>/</kbd>}
      value={filter.search}
      onChange={(event) => onFilter({ ...filter, search: event.currentTarget.value })}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        onFilter({ ...filter, search: "" });
        event.currentTarget.blur();
      }}
    />
  );
}

function States({ rows, filter, onFilter }: Pick<BoardToolbarProps, "rows" | "filter" | "onFilter">) {
  const { t } = useTranslation("board");
  const counts: Record<StateFilter, number> = {
    all: rows.length,
    alerts: rows.filter((row) => row.alerts.length > 0).length,
    stale: rows.filter((row) => row.stale).length,
  };
  const states: readonly StateFilter[] = ["all", "alerts", "stale"];
  return (
    <SegmentedControl
      size="xs"
      aria-label={t("state")}
      data={states.map((value) => ({ value, label: `${t(`states.${value}`)} ${counts[value]}` }))}
      value={filter.state}
      onChange={(value) => onFilter({ ...filter, state: states.find((state) => state === value) ?? "all" })}
    />
  );
}

function Columns({ columns, chosen, onSettings }: BoardToolbarProps) {
  const { t } = useTranslation("board");
  const toggle = (code: string) =>
    onSettings({ columns: chosen.includes(code) ? chosen.filter((c) => c !== code) : [...chosen, code] });
  return (
    <Menu closeOnItemClick={false} position="bottom-end">
      <Menu.Target>
        <Tooltip label={t("columns")}>
          <ActionIcon variant="default" size={30} aria-label={t("columns")}>
            <IconColumns3 size={16} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {columns.map((column) => (
          <Menu.Item
            key={column.code}
            role="menuitemcheckbox"
            aria-checked={chosen.includes(column.code)}
            leftSection={<Checkbox.Indicator size="xs" checked={chosen.includes(column.code)} />}
            onClick={() => toggle(column.code)}
          >
            {column.title}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={() => onSettings({ columns: null })}>{t("usualColumns")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Density({ settings, onSettings }: BoardToolbarProps) {
  const { t } = useTranslation("board");
  const compact = settings.density === "compact";
  const label = t(compact ? "makeRoomy" : "makeCompact");
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="default"
        size={30}
        aria-label={label}
        onClick={() => onSettings({ density: compact ? "roomy" : "compact" })}
      >
        {compact ? <IconLayoutList size={16} /> : <IconList size={16} />}
      </ActionIcon>
    </Tooltip>
  );
}
