/** How an alert behaves beside its limits: duration, hysteresis, waiting for a person, rate of change. */
import { Checkbox, NumberInput, Select, VisuallyHidden } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { formatUnit } from "../../lib/format";
import type { LimitRow, Manners } from "./limits";
import classes from "./rules.module.css";

interface MannersFieldsProps {
  readonly rule: { readonly display: string; readonly unit: string | null };
  readonly row: LimitRow;
  readonly readOnly: boolean;
  readonly onChange: (row: LimitRow) => void;
}

const directions = ["up", "down", "both"] as const;

export function MannersFields({ rule, row, readOnly, onChange }: MannersFieldsProps) {
  const { t } = useTranslation("rules");
  const set = (manners: Partial<Manners>) => onChange({ ...row, ...manners });
  const unit = formatUnit(rule.unit);
  const rate = row.rate ?? { change: 0, hours: 24, direction: "both" as const };
  const setRate = (change: number, hours: number, direction: (typeof directions)[number]) =>
    set({ rate: change > 0 && hours > 0 ? { change, hours, direction } : null });
  return (
    <fieldset className={classes.mannersFields}>
      <VisuallyHidden component="legend">{`${rule.display}, ${t("manners.title")}`}</VisuallyHidden>
      <NumberInput
        size="xs"
        label={t("manners.duration")}
        description={t("manners.durationHint")}
        suffix={` ${t("manners.minutes")}`}
        min={0}
        max={1440}
        decimalScale={1}
        readOnly={readOnly}
        value={row.duration_s / 60}
        onChange={(value) => set({ duration_s: Math.round(Number(value) * 60) })}
      />
      <NumberInput
        size="xs"
        label={t("manners.hysteresis")}
        description={t("manners.hysteresisHint")}
        suffix={` ${unit}`}
        min={0}
        max={1000}
        readOnly={readOnly}
        value={row.hysteresis}
        onChange={(value) => set({ hysteresis: Number(value) })}
      />
      <NumberInput
        size="xs"
        label={t("manners.change")}
        description={t("manners.changeHint")}
        suffix={` ${unit}`}
        min={0}
        readOnly={readOnly}
        placeholder={t("limit.none")}
        value={row.rate?.change ?? ""}
        onChange={(value) => setRate(Number(value), rate.hours, rate.direction)}
      />
      <NumberInput
        size="xs"
        label={t("manners.within")}
        suffix={` ${t("manners.hours")}`}
        min={1}
        max={336}
        readOnly={readOnly}
        disabled={row.rate === null}
        value={rate.hours}
        onChange={(value) => setRate(rate.change, Number(value), rate.direction)}
      />
      <Select
        size="xs"
        label={t("manners.direction")}
        data={directions.map((value) => ({ value, label: t(`manners.${value}`) }))}
        allowDeselect={false}
        readOnly={readOnly}
        disabled={row.rate === null}
        value={rate.direction}
        onChange={(value) => setRate(rate.change, rate.hours, directions.find((each) => each === value) ?? "both")}
      />
      <Checkbox
        size="xs"
        label={t("manners.latching")}
        checked={row.latching}
        disabled={readOnly}
        onChange={(event) => set({ latching: event.currentTarget.checked })}
      />
    </fieldset>
  );
}
