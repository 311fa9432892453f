/** How the signed-in person is reached, and how alerts sound in their open portal. */
import { queryOptions } from "@tanstack/react-query";
import { get } from "../lib/api";
import type { NotificationSettings } from "./types";

export const notificationSettingsOptions = queryOptions({
  queryKey: ["notification-settings"],
  queryFn: ({ signal }) => get<NotificationSettings>("/me/notifications/settings", {}, signal),
  staleTime: 60_000,
});
