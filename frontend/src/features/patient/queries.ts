/** What the patient page asks the API for. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { AuditEntry, CareTeam, Device, Observation, Page, Patient, Score } from "../../api/types";
import { get, post } from "../../lib/api";

export function patientOptions(patientId: string) {
  return queryOptions({
    queryKey: ["patient", patientId, "identity"],
    queryFn: ({ signal }) => get<Patient>(`/patients/${patientId}`, {}, signal),
    staleTime: 5 * 60_000,
  });
}

export function scoreOptions(patientId: string) {
  return queryOptions({
    queryKey: ["patient", patientId, "score"],
    queryFn: ({ signal }) => get<Score>(`/patients/${patientId}/score`, {}, signal),
    // Inputs grow old without an event.
    refetchInterval: 60_000,
    retry: false,
  });
}

export interface MeasurementFilter {
  readonly code: string | null;
  readonly days: number;
}

export function measurementsOptions(patientId: string, filter: MeasurementFilter) {
  return infiniteQueryOptions({
    queryKey: ["patient", patientId, "observations", filter.code, filter.days],
    queryFn: ({ signal, pageParam }) =>
      get<Page<Observation>>(
        `/patients/${patientId}/observations`,
        {
          code: filter.code ?? undefined,
          start: new Date(Date.now() - filter.days * 86_400_000).toISOString(),
          limit: 50,
          cursor: pageParam ?? undefined,
        },
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
}

export function heldOptions(patientId: string, days: number) {
  return queryOptions({
    queryKey: ["patient", patientId, "observations", "held", days],
    queryFn: ({ signal }) =>
      get<Page<Observation>>(
        `/patients/${patientId}/observations`,
        { status: "quarantined", start: new Date(Date.now() - days * 86_400_000).toISOString(), limit: 100 },
        signal,
      ),
    retry: false,
  });
}

export function devicesOptions(patientId: string) {
  return queryOptions({
    queryKey: ["patient", patientId, "devices"],
    queryFn: ({ signal }) => get<Page<Device>>("/devices", { patient_id: patientId }, signal),
    retry: false,
  });
}

export function careTeamOptions(patientId: string) {
  return queryOptions({
    queryKey: ["patient", patientId, "care-team"],
    queryFn: ({ signal }) => get<CareTeam>(`/patients/${patientId}/care-team`, {}, signal),
    retry: false,
  });
}

export function auditOptions(patientId: string) {
  return infiniteQueryOptions({
    queryKey: ["patient", patientId, "audit"],
    queryFn: ({ signal, pageParam }) =>
      get<Page<AuditEntry>>("/audit", { patient_id: patientId, limit: 50, cursor: pageParam ?? undefined }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    retry: false,
  });
}

export function useMarkInError(patientId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, reason }: { id: string; reason: string }) =>
      post<Observation>(`/observations/${id}/mark-in-error`, { reason }),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ["patient", patientId] }),
        client.invalidateQueries({ queryKey: ["board"] }),
      ]),
  });
}
