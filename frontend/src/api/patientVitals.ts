/** A patient's latest values, limits and open alerts. */
import { queryOptions } from "@tanstack/react-query";
import { get, Problem } from "../lib/api";
import type { Alert, AlertRule, AlertRules, Observation, Page } from "./types";

export function latestOptions(patientId: string) {
  return queryOptions({
    queryKey: ["patient", patientId, "latest"],
    queryFn: ({ signal }) => get<Page<Observation>>(`/patients/${patientId}/latest`, {}, signal),
  });
}

/** No rules for whoever may not read them: the usual ranges then stand in. */
export function ownRulesOptions(patientId: string) {
  return queryOptions({
    queryKey: ["patient", patientId, "own-rules"],
    queryFn: async ({ signal }): Promise<readonly AlertRule[]> => {
      try {
        return (await get<AlertRules>(`/patients/${patientId}/alert-rules`, {}, signal)).rules;
      } catch (error) {
        if (error instanceof Problem && (error.status === 403 || error.status === 404)) return [];
        throw error;
      }
    },
    staleTime: 5 * 60_000,
  });
}

export function openAlertsOptions(patientId: string) {
  return queryOptions({
    queryKey: ["patient", patientId, "open-alerts"],
    queryFn: ({ signal }) => get<Page<Alert>>("/alerts", { status: "open", patient_id: patientId, limit: 50 }, signal),
  });
}
