/** What the alert pages ask the API for, and how an answer or a live event reaches every list at once. */
import { type QueryClient, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { Alert, Colleague, Deliveries, Page } from "../../api/types";
import { del, get, post } from "../../lib/api";
import { mergeAlert } from "./order";

export type AlertScope = { readonly status: "open" | "all"; readonly patientId?: string };

const listKey = ["alerts", "list"];

export function alertsOptions(scope: AlertScope) {
  return queryOptions({
    queryKey: [...listKey, scope.status, scope.patientId ?? "everyone"],
    queryFn: ({ signal }) =>
      get<Page<Alert>>(
        "/alerts",
        { status: scope.status === "open" ? "open" : undefined, patient_id: scope.patientId, limit: 200 },
        signal,
      ),
  });
}

export function alertOptions(id: string) {
  return queryOptions({
    queryKey: ["alerts", "one", id],
    queryFn: ({ signal }) => get<Alert>(`/alerts/${id}`, {}, signal),
  });
}

export function storeAlert(client: QueryClient, alert: Alert): void {
  client.setQueryData<Alert>(["alerts", "one", alert.id], alert);
  void client.invalidateQueries({ queryKey: ["alerts", "deliveries", alert.id] });
  for (const [key, page] of client.getQueriesData<Page<Alert>>({ queryKey: listKey })) {
    const [, , status, patientId] = key;
    if (!page || (patientId !== "everyone" && patientId !== alert.patient_id)) continue;
    client.setQueryData<Page<Alert>>(key, { ...page, items: mergeAlert(page.items, alert, status === "all") });
  }
}

export type AlertAction = "acknowledge" | "resolve";

export interface ActOnAlert {
  readonly id: string;
  readonly action: AlertAction | "snooze" | "assign";
  readonly body: {
    readonly note?: string;
    readonly actionable?: boolean;
    readonly minutes?: number;
    readonly user_id?: string | null;
  };
}

const openStates = ["waiting", "sending"];

/** No event tells of deliveries: asked again often while some are under way, and while the alert may cause more. */
export function deliveriesOptions(alertId: string, calls: boolean) {
  return queryOptions({
    queryKey: ["alerts", "deliveries", alertId],
    queryFn: ({ signal }) => get<Deliveries>("/alerts-deliveries", { alert_id: alertId }, signal),
    refetchInterval: ({ state }) => {
      if (state.data?.items.some((delivery) => openStates.includes(delivery.state))) return 3_000;
      return calls ? 10_000 : false;
    },
  });
}

export const colleaguesOptions = queryOptions({
  queryKey: ["colleagues"],
  queryFn: ({ signal }) => get<{ readonly items: readonly Colleague[] }>("/colleagues", {}, signal),
  staleTime: 300_000,
});

export function useAlertAction() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, action, body }: ActOnAlert) => post<Alert>(`/alerts/${id}/${action}`, body),
    onSuccess: (alert) => storeAlert(client, alert),
  });
}

/** Ends a snooze: the alert calls again. */
export function useWakeAlert() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => del<Alert>(`/alerts/${id}/snooze`),
    onSuccess: (alert) => storeAlert(client, alert),
  });
}
