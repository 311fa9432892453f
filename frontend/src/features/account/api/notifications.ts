/** How the signed-in person is reached. */
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMe } from "../../../api/me";
import { notificationSettingsOptions } from "../../../api/notificationSettings";
import type { NotificationChoices, NotificationSettings } from "../../../api/types";
import { del, post, put } from "../../../lib/api";
import { pushState, thisBrowser, turnPushOff, turnPushOn } from "../../../lib/push";

const settingsKey = notificationSettingsOptions.queryKey;

function choicesOf(settings: NotificationSettings): NotificationChoices {
  return {
    channels: settings.channels.map(({ channel, high, medium, low }) => ({ channel, high, medium, low })),
    quiet_hours: settings.quiet_hours,
    sound: settings.sound,
  };
}

type Changes = Partial<Pick<NotificationSettings, "channels" | "quiet_hours" | "sound">>;

/** A change shows at once, and goes back if the server refuses it. One after the other: the last one holds. */
export function useChangeSettings() {
  const client = useQueryClient();
  return useMutation({
    scope: { id: "notification-settings" },
    onMutate: (changes: Changes) => {
      const before = client.getQueryData<NotificationSettings>(settingsKey);
      client.setQueryData<NotificationSettings>(settingsKey, (old) => old && { ...old, ...changes });
      return before;
    },
    mutationFn: (changes: Changes) => {
      const settings = client.getQueryData<NotificationSettings>(settingsKey);
      if (!settings) throw new Error("There are no settings to change.");
      return put<NotificationSettings>("/me/notifications/settings", choicesOf({ ...settings, ...changes }));
    },
    onError: (_error, _changes, before) => client.setQueryData(settingsKey, before),
    onSettled: () => client.invalidateQueries({ queryKey: settingsKey }),
  });
}

export function useSendTest() {
  return useMutation({ mutationFn: () => post<{ readonly channels: readonly string[] }>("/me/notifications/test") });
}

export type AddressKind = "email" | "phone";

export function useAddress(kind: AddressKind) {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: settingsKey });
  return {
    begin: useMutation({
      mutationFn: (address: string) =>
        kind === "email" ? post<void>("/me/email", { address }) : post<void>("/me/phone", { number: address }),
    }),
    confirm: useMutation({
      mutationFn: (code: string) => post<void>(`/me/${kind}/confirm`, { code }),
      onSuccess: refresh,
    }),
    remove: useMutation({ mutationFn: () => del(kind === "email" ? "/me/email" : "/me/phone"), onSettled: refresh }),
  };
}

/** What this browser itself says; the server knows nothing of permissions. */
const thisBrowserOptions = (userId: string) =>
  queryOptions({
    queryKey: ["push", userId],
    queryFn: async () => ({ state: await pushState(userId), browser: await thisBrowser() }),
    staleTime: 0,
  });

export function useThisBrowser() {
  const { id } = useMe();
  const client = useQueryClient();
  const settings = useQuery(notificationSettingsOptions).data;
  const query = useQuery(thisBrowserOptions(id));
  const refresh = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ["push"] }),
      client.invalidateQueries({ queryKey: settingsKey }),
    ]);
  const browser = query.data?.browser ?? null;
  const row = settings?.push_subscriptions.find((each) => each.browser === browser) ?? null;
  return {
    query,
    /** On only if the server knows it too: it could have been removed from another browser. */
    state: query.data?.state === "on" && settings && !row ? "off" : query.data?.state,
    browser,
    turnOn: useMutation({ mutationFn: () => turnPushOn(id), onSettled: refresh }),
    turnOff: useMutation({
      mutationFn: async () => {
        if (row) await del(`/me/push-subscriptions/${row.id}`);
        await turnPushOff();
      },
      onSettled: refresh,
    }),
  };
}

export function useRemoveBrowser() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => del(`/me/push-subscriptions/${id}`),
    onSettled: () => client.invalidateQueries({ queryKey: settingsKey }),
  });
}
