/** What is asked of measurement plans, and how they are written. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type {
  Adherence,
  DueLists,
  Plan,
  PlanItemInput,
  PlanTemplate,
  PlanTemplateItem,
  PlanTemplates,
} from "../../api/types";
import { del, get, post, put } from "../../lib/api";

const planKey = (patientId: string) => ["patient", patientId, "plan"] as const;
export const dueKey = (patientId: string) => ["patient", patientId, "due"] as const;
const templatesKey = ["plan-templates"] as const;

export function planOptions(patientId: string) {
  return queryOptions({
    queryKey: planKey(patientId),
    queryFn: ({ signal }) => get<Plan>(`/patients/${patientId}/measurement-plan`, {}, signal),
  });
}

export function dueOptions(patientId: string) {
  return queryOptions({
    queryKey: dueKey(patientId),
    queryFn: ({ signal }) => get<DueLists>(`/patients/${patientId}/due`, {}, signal),
    // What is due changes as time passes, without an event; what was entered on another page counts a moment later.
    refetchInterval: ({ state }) => (state.data?.now.length ? 5_000 : 30_000),
  });
}

export function adherenceOptions(patientId: string) {
  return queryOptions({
    queryKey: [...dueKey(patientId), "adherence"],
    queryFn: ({ signal }) => get<Adherence>(`/patients/${patientId}/measurement-plan/adherence`, { days: 14 }, signal),
  });
}

export const templatesOptions = queryOptions({
  queryKey: templatesKey,
  queryFn: ({ signal }) => get<PlanTemplates>("/plan-templates", {}, signal),
});

export function previewOptions(item: PlanItemInput, timeZone: string) {
  return queryOptions({
    queryKey: ["plan-preview", item, timeZone],
    queryFn: () =>
      post<{ readonly times: readonly string[] }>("/measurement-plans/preview", { item, time_zone: timeZone }),
    retry: false,
    staleTime: 60_000,
  });
}

export function useSavePlan(patientId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (plan: { readonly items: readonly PlanItemInput[]; readonly revision: number }) =>
      put<Plan>(`/patients/${patientId}/measurement-plan`, plan),
    onSuccess: (plan) => {
      client.setQueryData(planKey(patientId), plan);
      return client.invalidateQueries({ queryKey: dueKey(patientId) });
    },
  });
}

export function useSaveTemplate() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, title, items }: { id: string; title: string; items: readonly PlanTemplateItem[] }) =>
      put<PlanTemplate>(`/plan-templates/${encodeURIComponent(id)}`, { title, items }),
    onSuccess: () => client.invalidateQueries({ queryKey: templatesKey }),
  });
}

export function useDeleteTemplate() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => del(`/plan-templates/${encodeURIComponent(id)}`),
    onSuccess: () => client.invalidateQueries({ queryKey: templatesKey }),
  });
}
