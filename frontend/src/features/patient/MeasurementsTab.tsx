/** Every measurement of this patient, page by page, with the held-back ones for staff. */
import { Button, Select, Skeleton, Switch } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCan } from "../../api/me";
import type { Observation } from "../../api/types";
import { vitalSignsOptions } from "../../api/vitalSigns";
import { columnsOf } from "../board/columns";
import { MeasurementTable } from "./MeasurementTable";
import classes from "./patient.module.css";
import { heldOptions, type MeasurementFilter, measurementsOptions } from "./queries";

const periods = ["1", "7", "30", "365"] as const;

export function MeasurementsTab({ patientId, onMeasure }: { patientId: string; onMeasure: (() => void) | null }) {
  const { t } = useTranslation("patient");
  const [filter, setFilter] = useState<MeasurementFilter>({ code: null, days: 7 });
  const [onlyHeld, setOnlyHeld] = useState(false);
  const vitals = useQuery(vitalSignsOptions);
  const list = useInfiniteQuery(measurementsOptions(patientId, filter));
  const held = useQuery({ ...heldOptions(patientId, filter.days), enabled: useCan("observation:review") });
  const rows = useMemo(
    () =>
      mergeHeld(
        onlyHeld ? [] : (list.data?.pages.flatMap((page) => page.items) ?? []),
        held.data?.items ?? [],
        filter,
        onlyHeld || !list.hasNextPage,
      ),
    [list.data, list.hasNextPage, held.data, filter, onlyHeld],
  );
  return (
    <div className={classes.stack}>
      <div className={classes.filters}>
        <Select
          size="xs"
          aria-label={t("column.what")}
          placeholder={t("allVitals")}
          data={columnsOf(vitals.data?.items ?? []).map((column) => ({ value: column.code, label: column.title }))}
          value={filter.code}
          onChange={(code) => setFilter({ ...filter, code })}
          clearable
          clearButtonProps={{ "aria-label": t("allVitals") }}
        />
        <Select
          size="xs"
          aria-label={t("period")}
          data={periods.map((value) => ({ value, label: t(`periods.${value}`) }))}
          value={String(filter.days)}
          onChange={(value) => setFilter({ ...filter, days: Number(value ?? 7) })}
          allowDeselect={false}
        />
        {held.data && (
          <Switch
            size="sm"
            label={t("onlyHeld", { count: held.data.items.length })}
            checked={onlyHeld}
            onChange={(event) => setOnlyHeld(event.currentTarget.checked)}
          />
        )}
      </div>
      {list.isPending ? (
        <div role="status" aria-label={t("loading")}>
          {["a", "b", "c", "d", "e", "f", "g"].map((key) => (
            <Skeleton key={key} height={34} mt={6} />
          ))}
        </div>
      ) : list.isError && !list.data ? (
        <div className={classes.empty} role="alert">
          <p>{t("listFailed")}</p>
          <Button variant="default" onClick={() => void list.refetch()}>
            {t("retry")}
          </Button>
        </div>
      ) : rows.length === 0 ? (
        <div className={classes.empty}>
          <h2>{t("noMeasurements")}</h2>
          <p>{t("noMeasurementsText")}</p>
          {onMeasure && <Button onClick={onMeasure}>{t("addMeasurement")}</Button>}
        </div>
      ) : (
        <MeasurementTable patientId={patientId} observations={rows} />
      )}
      {list.hasNextPage && !onlyHeld && (
        <Button variant="default" onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
          {t("older")}
        </Button>
      )}
    </div>
  );
}

/** Held-back readings in their place of time; beyond the oldest loaded row they wait for its page. */
export function mergeHeld(
  rows: readonly Observation[],
  held: readonly Observation[],
  filter: MeasurementFilter,
  complete: boolean,
): Observation[] {
  const known = new Set(rows.map((row) => row.id));
  const oldest = complete ? "" : (rows.at(-1)?.effective_at ?? "");
  const added = held.filter(
    (item) => !known.has(item.id) && item.effective_at >= oldest && (filter.code === null || item.code === filter.code),
  );
  return [...rows, ...added].sort((a, b) => Date.parse(b.effective_at) - Date.parse(a.effective_at));
}
