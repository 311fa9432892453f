/** Alerts of everyone the reader may see, as they happen: into every cached list, and to whoever announces them. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef } from "react";
import type { Alert } from "../../api/types";
import { type AlertEventType, type LiveEvent, useLiveTopic } from "../../lib/live";
import { storeAlert } from "./queries";

export function useLiveAlerts(onEvent?: (type: AlertEventType, alert: Alert) => void, enabled = true): void {
  const client = useQueryClient();
  const listener = useRef(onEvent);
  listener.current = onEvent;
  const handle = useCallback(
    (event: LiveEvent) => {
      switch (event.type) {
        case "alert_raised":
        case "alert_updated":
        case "alert_escalated":
        case "alert_acknowledged":
        case "alert_resolved":
          storeAlert(client, event.data.alert);
          listener.current?.(event.type, event.data.alert);
      }
    },
    [client],
  );
  useLiveTopic(enabled ? "alerts" : null, handle);
}
