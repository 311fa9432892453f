/** How the signed-in person is reached, and what could not be delivered. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { DeadLetter, Deliveries, NotificationSettings, Page } from "../../api/types";
import { del, get, post, put } from "../../lib/api";
import { pushState, turnOffPush, turnOnPush } from "../../lib/push";

export const settingsOptions = queryOptions({
  queryKey: ["notification-settings"],
  queryFn: ({ signal }) => get<NotificationSettings>("/me/notifications/settings", {}, signal),
});

export const pushOptions = queryOptions({ queryKey: ["push-state"], queryFn: () => pushState(), retry: false });

export type Wishes = Pick<NotificationSettings, "quiet_hours"> & {
  readonly channels: readonly Pick<NotificationSettings["channels"][number], "channel" | "high" | "medium" | "low">[];
};

/** Whatever was changed, what holds now is asked for again. */
function useChange<Input, Output>(change: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: settingsOptions.queryKey }),
        client.invalidateQueries({ queryKey: pushOptions.queryKey }),
      ]),
  });
}

export function useSaveWishes() {
  return useChange((wishes: Wishes) => put<NotificationSettings>("/me/notifications/settings", wishes));
}

export function useTurnPush() {
  return useChange(async (on: boolean) => {
    if (on) await turnOnPush();
    else await turnOffPush();
  });
}

export function useForgetBrowser() {
  return useChange((id: string) => del(`/me/push-subscriptions/${id}`));
}

export type AddressKind = "email" | "phone";

export function useAddAddress(kind: AddressKind) {
  return useChange((text: string) =>
    kind === "email" ? post<void>("/me/email", { address: text }) : post<void>("/me/phone", { number: text }),
  );
}

export function useConfirmAddress(kind: AddressKind) {
  return useChange((code: string) => post<void>(`/me/${kind}/confirm`, { code }));
}

export function useRemoveAddress(kind: AddressKind) {
  return useChange(() => del(`/me/${kind}`));
}

export function useSendTest() {
  return useMutation({
    mutationFn: () => post<{ readonly channels: readonly string[] }>("/me/notifications/test"),
  });
}

export function deliveriesOptions(alertId: string) {
  return queryOptions({
    queryKey: ["alerts", "deliveries", alertId],
    queryFn: ({ signal }) => get<Deliveries>("/alerts-deliveries", { alert_id: alertId }, signal),
    // Sending goes on after the alert's own news.
    refetchInterval: (query) =>
      query.state.data?.items.some((item) => item.state === "waiting" || item.state === "sending") ? 3_000 : 15_000,
  });
}

export const failedOptions = infiniteQueryOptions({
  queryKey: ["failed-deliveries"],
  queryFn: ({ pageParam, signal }) =>
    get<Page<DeadLetter>>("/notifications/failed", { cursor: pageParam, limit: 50 }, signal),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next,
});
