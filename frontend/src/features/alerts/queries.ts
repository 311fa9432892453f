/** What the alert pages ask the API for, and how an answer or a live event reaches every list at once. */
import { type QueryClient, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import type { components } from "../../api/schema";
import type { Alert, Colleague, Deliveries, Page } from "../../api/types";
import { del, get, post } from "../../lib/api";
import { mergeAlert } from "./order";

/** The open alerts of a storm, summed up. */
export type Storm = Omit<components["schemas"]["StormOut"], "priority"> & { readonly priority: Alert["priority"] };
export type AlertPage = Page<Alert> & { readonly storms?: readonly Storm[] };

export type AlertScope = { readonly status: "open" | "all"; readonly patientId?: string };

const listKey = ["alerts", "list"];

export function alertsOptions(scope: AlertScope) {
  return queryOptions({
    queryKey: [...listKey, scope.status, scope.patientId ?? "everyone"],
    queryFn: ({ signal }) => load(scope, signal),
  });
}

/** Of everyone's open alerts storms come as sums; what is urgent comes whole, however much else there is. */
async function load(scope: AlertScope, signal: AbortSignal): Promise<AlertPage> {
  const asked = { status: scope.status === "open" ? "open" : undefined, patient_id: scope.patientId };
  if (scope.status !== "open" || scope.patientId) {
    return await get<AlertPage>("/alerts", { ...asked, limit: 200 }, signal);
  }
  const [page, urgent] = await Promise.all([
    get<AlertPage>("/alerts", { ...asked, grouped: "true", limit: 200 }, signal),
    get<AlertPage>("/alerts", { ...asked, priority: "high", limit: 500 }, signal),
  ]);
  const known = new Set(urgent.items.map(({ id }) => id));
  return { ...page, items: [...urgent.items, ...page.items.filter(({ id }) => !known.has(id))] };
}

export function stormOptions(stormId: string) {
  return queryOptions({
    queryKey: ["alerts", "storm", stormId],
    queryFn: ({ signal }) => get<AlertPage>("/alerts", { status: "open", storm_id: stormId, limit: 200 }, signal),
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
  if (alert.storm_id) refreshStorms(client, alert.storm_id);
  void client.invalidateQueries({ queryKey: ["alerts", "deliveries", alert.id] });
  for (const [key, page] of client.getQueriesData<Page<Alert>>({ queryKey: listKey })) {
    const [, , status, patientId] = key;
    // Everyone's open alerts hold storms as sums, which are asked for again.
    if (alert.storm_id && status === "open" && patientId === "everyone") continue;
    if (!page || (patientId !== "everyone" && patientId !== alert.patient_id)) continue;
    client.setQueryData<Page<Alert>>(key, { ...page, items: mergeAlert(page.items, alert, status === "all") });
  }
}

const pending = new WeakMap<QueryClient, ReturnType<typeof setTimeout>>();
const refreshMs = 1_000;

/** Of hundreds of events one question: the sums are asked for once they have come. */
function refreshStorms(client: QueryClient, stormId: string): void {
  if (pending.has(client)) return;
  const refresh = () => {
    pending.delete(client);
    void client.invalidateQueries({ queryKey: [...listKey, "open", "everyone"] });
    void client.invalidateQueries({ queryKey: ["alerts", "storm", stormId] });
  };
  pending.set(client, setTimeout(refresh, refreshMs));
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

type ManyAcknowledged = components["schemas"]["AcknowledgeManyOut"];

/** Acknowledges many alerts that are not urgent. */
/** So many at once are answered well within the time that a request may take. */
const mostAtOnce = 400;

/** Acknowledge many alerts with one note. Asked again after a failure, it goes on where it stopped. */
export function useAcknowledgeMany() {
  const client = useQueryClient();
  const answered = useRef(new Map<string, boolean>());
  return useMutation({
    mutationFn: async ({ ids, note }: { readonly ids: readonly string[]; readonly note?: string }) => {
      const waiting = ids.filter((id) => !answered.current.has(id));
      for (let start = 0; start < waiting.length; start += mostAtOnce) {
        const some = waiting.slice(start, start + mostAtOnce);
        const said = note === undefined ? { ids: some } : { ids: some, note };
        const { acknowledged } = await post<ManyAcknowledged>("/alerts/acknowledge", said);
        for (const id of some) answered.current.set(id, acknowledged.includes(id));
      }
      return { left: ids.filter((id) => answered.current.get(id) === false) };
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["alerts"] }),
  });
}
