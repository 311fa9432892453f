/** What arrives about this patient while the page is open: into the cached latest values, lists and devices. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { type LiveEvent, useLiveTopic } from "../../lib/live";
import { storeAlert } from "../alerts/queries";
import { type Latest, withLatest } from "../charts/latest";
import { latestKey } from "../charts/queries";

/** Lists are asked for again at most this often, however fast a monitor sends. */
const listRefreshMs = 5_000;

export function useLivePatient(patientId: string): void {
  const client = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
    },
    [],
  );
  const onEvent = useCallback(
    (event: LiveEvent) => {
      switch (event.type) {
        case "observation_recorded":
          client.setQueryData<Latest>(
            latestKey(patientId),
            (latest) => latest && withLatest(latest, event.data.observation),
          );
          timer.current ??= setTimeout(() => {
            timer.current = null;
            void client.invalidateQueries({ queryKey: ["patient", patientId, "observations"] });
            void client.invalidateQueries({ queryKey: ["patient", patientId, "score"] });
          }, listRefreshMs);
          return;
        case "observation_updated":
          void client.invalidateQueries({ queryKey: ["patient", patientId] });
          return;
        case "alert_raised":
        case "alert_updated":
        case "alert_escalated":
        case "alert_acknowledged":
        case "alert_resolved":
          storeAlert(client, event.data.alert);
          return;
        case "device_updated":
          void client.invalidateQueries({ queryKey: ["patient", patientId, "devices"] });
      }
    },
    [client, patientId],
  );
  useLiveTopic(`patients/${patientId}`, onEvent);
}
