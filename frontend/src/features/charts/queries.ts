/** What the charts ask the API for. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { AlertRules, Observation, Page, Series } from "../../api/types";
import { get } from "../../lib/api";
import type { TimeWindow } from "./timeWindow";

/** About one point a pixel of the widest panel: more would be drawn on top of each other. */
const points = 1500;

export function seriesKey(patientId: string, code?: string): string[] {
  return code === undefined ? ["patient", patientId, "series"] : ["patient", patientId, "series", code];
}

export function seriesOptions(patientId: string, code: string, load: TimeWindow) {
  return queryOptions({
    queryKey: [...seriesKey(patientId, code), load.start, load.end],
    queryFn: ({ signal }) => get<Series>(`/patients/${patientId}/series`, { code, ...isoWindow(load), points }, signal),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}

export function latestKey(patientId: string): string[] {
  return ["patient", patientId, "latest"];
}

export function latestOptions(patientId: string) {
  return queryOptions({
    queryKey: latestKey(patientId),
    queryFn: ({ signal }) =>
      get<{ readonly items: readonly Observation[] }>(`/patients/${patientId}/latest`, {}, signal),
  });
}

export function alertRulesKey(patientId: string): string[] {
  return ["patient", patientId, "alert-rules"];
}

export function alertRulesOptions(patientId: string) {
  return queryOptions({
    queryKey: alertRulesKey(patientId),
    queryFn: ({ signal }) => get<AlertRules>(`/patients/${patientId}/alert-rules`, {}, signal),
    staleTime: 60_000,
  });
}

export function quarantinedOptions(patientId: string, load: TimeWindow) {
  return queryOptions({
    queryKey: ["patient", patientId, "quarantined", load.start, load.end],
    queryFn: ({ signal }) =>
      get<Page<Observation>>(
        `/patients/${patientId}/observations`,
        { status: "quarantined", ...isoWindow(load), limit: 200 },
        signal,
      ),
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 60_000,
  });
}

function isoWindow(load: TimeWindow) {
  return { start: new Date(load.start).toISOString(), end: new Date(load.end).toISOString() };
}
