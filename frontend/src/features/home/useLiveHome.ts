/** What happens to the patient while the page is open. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { type LiveEvent, useLiveTopic } from "../../lib/live";

/** A monitor may send every second; asking again this often is live enough for a calm page. */
const refreshMs = 3_000;

export function useLiveHome(patientId: string): void {
  const client = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(
    () => () => {
      if (timer.current) clearTimeout(timer.current);
      timer.current = null;
    },
    [],
  );
  const onEvent = useCallback(
    (event: LiveEvent) => {
      const part = event.type.startsWith("alert_") ? "open-alerts" : "latest";
      if (part === "open-alerts") void client.invalidateQueries({ queryKey: ["patient", patientId, part] });
      timer.current ??= setTimeout(() => {
        timer.current = null;
        void client.invalidateQueries({ queryKey: ["patient", patientId, "latest"] });
      }, refreshMs);
    },
    [client, patientId],
  );
  useLiveTopic(`patients/${patientId}`, onEvent);
}
