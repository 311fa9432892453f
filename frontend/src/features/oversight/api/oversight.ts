/** What administrators look at: drivers are in api/drivers, everything else is here. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type {
  AuditEntry,
  DeadLetter,
  Page,
  Plugin,
  Policy,
  PolicyCheck,
  PolicyExplanation,
  SystemState,
} from "../../../api/types";
import { get, post } from "../../../lib/api";

export const pluginsOptions = queryOptions({
  queryKey: ["plugins"],
  queryFn: ({ signal }) => get<{ readonly items: readonly Plugin[] }>("/plugins", {}, signal),
});

export function useSwitchPlugin() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, on }: { readonly id: string; readonly on: boolean }) =>
      on ? post<Plugin>(`/plugins/${id}/enable`) : post<Plugin>(`/plugins/${id}/disable`),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: pluginsOptions.queryKey }),
        client.invalidateQueries({ queryKey: ["drivers"] }),
      ]),
  });
}

/** Files change under the server's hands: asked again often enough to see a refusal soon. */
export const policyOptions = queryOptions({
  queryKey: ["policy"],
  queryFn: ({ signal }) => get<Policy>("/policy", {}, signal),
  refetchInterval: 10_000,
});

export function useCheckPolicy() {
  return useMutation({ mutationFn: (text: string) => post<PolicyCheck>("/policy/check", { text }) });
}

export interface Question {
  readonly user: string;
  readonly action: string;
  readonly object: string;
}

export function useExplainPolicy() {
  return useMutation({
    mutationFn: ({ user, action, object }: Question) =>
      post<PolicyExplanation>("/policy/explain", { user, action, ...(object ? { object } : {}) }),
  });
}

export function auditOptions(patientId: string | null) {
  return infiniteQueryOptions({
    queryKey: ["audit", patientId],
    queryFn: ({ pageParam, signal }) =>
      get<Page<AuditEntry>>("/audit", { patient_id: patientId, cursor: pageParam, limit: 50 }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
}

export const failedDeliveriesOptions = infiniteQueryOptions({
  queryKey: ["failed-deliveries"],
  queryFn: ({ pageParam, signal }) =>
    get<Page<DeadLetter>>("/notifications/failed", { cursor: pageParam, limit: 50 }, signal),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next,
  refetchInterval: 30_000,
});

export const systemOptions = queryOptions({
  queryKey: ["system"],
  queryFn: ({ signal }) => get<SystemState>("/system", {}, signal),
  refetchInterval: 10_000,
});
