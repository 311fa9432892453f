/** What surrounds the series: which panels there are, their limits, held-back values and alerts. */

import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { useCan } from "../../api/me";
import type { Alert, AlertRule, Observation, VitalSign } from "../../api/types";
import { vitalSignsOptions } from "../../api/vitalSigns";
import { concerns } from "../alerts/order";
import { alertsOptions } from "../alerts/queries";
import type { PanelLimits } from "./ChartPanel";
import type { AlertLine, QuarantinedMark } from "./marks";
import { type PanelSpec, panelCodeOf, panelsFor } from "./panels";
import { alertRulesOptions, latestOptions, quarantinedOptions } from "./queries";
import type { ValueLimits } from "./shape";
import type { TimeWindow } from "./timeWindow";

export interface ChartContext {
  readonly status: "pending" | "error" | "success";
  readonly retry: () => void;
  readonly panels: readonly PanelSpec[];
  readonly alerts: readonly Alert[];
  readonly limitsOf: (panel: PanelSpec) => PanelLimits;
  readonly quarantinedOf: (panel: PanelSpec) => readonly QuarantinedMark[];
  readonly latestOf: (panel: PanelSpec) => Observation | null;
  readonly alertLinesOf: (panel: PanelSpec) => readonly AlertLine[];
}

/** Rules, alerts and held-back values are extras: a reader without permission for them still sees the charts. */
export function useChartContext(
  patientId: string,
  codes: readonly string[] | undefined,
  load: TimeWindow,
): ChartContext {
  const vitals = useQuery(vitalSignsOptions);
  const latest = useQuery(latestOptions(patientId));
  const rules = useQuery({ ...alertRulesOptions(patientId), retry: false, enabled: useCan("alert_rule:read") });
  const alerts = useQuery({
    ...alertsOptions({ status: "all", patientId }),
    retry: false,
    enabled: useCan("alert:read"),
  });
  const quarantined = useQuery({ ...quarantinedOptions(patientId, load), enabled: useCan("observation:review") });
  const [vitalItems, latestItems, ruleItems] = [vitals.data?.items, latest.data?.items, rules.data?.rules];
  const panels = useMemo(() => {
    if (!vitalItems || !latestItems) return [];
    const present = new Set(latestItems.map((observation) => observation.code));
    const wanted = codes ? panelsFor(vitalItems, new Set(codes.map((code) => panelCodeOf(vitalItems, code)))) : [];
    // A sign without numbers (consciousness) has no curve: what else was measured then is its surroundings.
    return wanted.length > 0 ? wanted : panelsFor(vitalItems, present);
  }, [vitalItems, latestItems, codes]);
  const limits = useMemo(
    () => new Map(panels.map((panel) => [panel.code, panelLimits(panel, ruleItems, vitalItems)])),
    [panels, ruleItems, vitalItems],
  );
  const held = useMemo(
    () => new Map(panels.map((panel) => [panel.code, quarantinedMarks(panel, quarantined.data?.items ?? [])])),
    [panels, quarantined.data],
  );
  const lines = useMemo(
    () => new Map(panels.map((panel) => [panel.code, alertLines(panel, alerts.data?.items ?? [])])),
    [panels, alerts.data],
  );
  const failed = (vitals.isError && !vitals.data) || (latest.isError && !latest.data);
  return {
    status: failed ? "error" : vitalItems && latestItems ? "success" : "pending",
    retry: () => {
      void vitals.refetch();
      void latest.refetch();
    },
    panels,
    alerts: alerts.data?.items ?? [],
    latestOf: useCallback(
      (panel) => latestItems?.find((observation) => observation.code === panel.code) ?? null,
      [latestItems],
    ),
    limitsOf: useCallback((panel) => limits.get(panel.code) ?? { shaded: [], range: null }, [limits]),
    quarantinedOf: useCallback((panel) => held.get(panel.code) ?? [], [held]),
    alertLinesOf: useCallback((panel) => lines.get(panel.code) ?? [], [lines]),
  };
}

export function panelLimits(
  panel: PanelSpec,
  rules: readonly AlertRule[] | undefined,
  vitals: readonly VitalSign[] | undefined,
): PanelLimits {
  const shaded = panel.series.map((code): ValueLimits => {
    const rule = rules?.find((candidate) => candidate.code === code);
    if (rule) return { low: rule.low, high: rule.high };
    const vital = vitals?.find((candidate) => candidate.code === code);
    return { low: vital?.default_low ?? null, high: vital?.default_high ?? null };
  });
  const [upper, lower] = shaded;
  return { shaded, range: upper ? { low: (lower ?? upper).low, high: upper.high } : null };
}

function quarantinedMarks(panel: PanelSpec, observations: readonly Observation[]): QuarantinedMark[] {
  return observations
    .filter((observation) => observation.code === panel.code)
    .flatMap((observation) => {
      const value = observation.value ?? observation.components.find((c) => c.code === panel.series[0])?.value;
      return value === null || value === undefined ? [] : [{ t: Date.parse(observation.effective_at), value }];
    });
}

function alertLines(panel: PanelSpec, alerts: readonly Alert[]): AlertLine[] {
  const codes = [panel.code, ...panel.series];
  return alerts
    .filter((alert) => concerns(alert, codes))
    .map((alert) => ({ t: Date.parse(alert.first_at), priority: alert.priority }));
}
