/** Range, zoom, table view and print: everything the wheel and the keyboard do, as buttons. */
import { ActionIcon, Button, SegmentedControl, Tooltip } from "@mantine/core";
import {
  IconChartLine,
  IconChevronLeft,
  IconChevronRight,
  IconPrinter,
  IconTable,
  IconZoomIn,
  IconZoomOut,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { formatInstant } from "../../lib/format";
import classes from "./charts.module.css";
import { type RangeId, ranges } from "./timeWindow";
import type { ChartWindow } from "./useChartWindow";

interface ChartToolbarProps {
  readonly view: ChartWindow;
  readonly asTable: boolean;
  readonly onTable: (asTable: boolean) => void;
  readonly plain: boolean;
}

const plainRanges: readonly RangeId[] = ["24h", "7d", "30d", "1y"];

export function ChartToolbar({ view, asTable, onTable, plain }: ChartToolbarProps) {
  const { t } = useTranslation("charts");
  const shown = plain ? plainRanges : ranges.map((range) => range.id);
  return (
    <div className={classes.toolbar}>
      <SegmentedControl
        aria-label={t("rangeLabel")}
        size={plain ? "md" : "xs"}
        data={shown.map((id) => ({ value: id, label: t(plain ? `plainRange.${id}` : `range.${id}`) }))}
        value={view.range ?? ""}
        onChange={(value) => {
          const chosen = shown.find((id) => id === value);
          if (chosen) view.showRange(chosen);
        }}
      />
      {!plain && <Steps view={view} />}
      <span className={classes.period} aria-live="polite">
        {formatInstant(view.window.start)} – {view.following ? t("now") : formatInstant(view.window.end)}
      </span>
      <span className={classes.spacer} />
      <Button
        variant="default"
        size={plain ? "md" : "xs"}
        leftSection={asTable ? <IconChartLine size={16} /> : <IconTable size={16} />}
        onClick={() => onTable(!asTable)}
      >
        {t(asTable ? "showCharts" : "showTable")}
      </Button>
      {!plain && (
        <span className={classes.print}>
          <Action label={t("print")} onClick={() => window.print()}>
            <IconPrinter size={16} />
          </Action>
        </span>
      )}
    </div>
  );
}

function Steps({ view }: { view: ChartWindow }) {
  const { t } = useTranslation("charts");
  return (
    <ActionIcon.Group>
      <Action label={t("earlier")} onClick={() => view.press({ kind: "pan", share: -0.5 })}>
        <IconChevronLeft size={16} />
      </Action>
      <Action label={t("zoomOut")} onClick={() => view.press({ kind: "zoom", factor: 2 })}>
        <IconZoomOut size={16} />
      </Action>
      <Action label={t("zoomIn")} onClick={() => view.press({ kind: "zoom", factor: 0.5 })}>
        <IconZoomIn size={16} />
      </Action>
      <Action label={t("later")} disabled={view.following} onClick={() => view.press({ kind: "pan", share: 0.5 })}>
        <IconChevronRight size={16} />
      </Action>
    </ActionIcon.Group>
  );
}

interface ActionProps {
  readonly label: string;
  readonly disabled?: boolean;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

function Action({ label, disabled, onClick, children }: ActionProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" size={30} aria-label={label} disabled={disabled} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
