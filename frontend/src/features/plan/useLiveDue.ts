/** A reading fulfils what is due a moment after it came: the list is then asked for again. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { type LiveEvent, useLiveTopic } from "../../lib/live";
import { dueKey } from "./queries";

/** Readings are counted in batches of a second; a busy server may take longer. */
const askAgainMs = [2_000, 6_000] as const;

export function useLiveDue(patientId: string): void {
  const client = useQueryClient();
  const timers = useRef<ReturnType<typeof setTimeout>[]>([]);
  useEffect(
    () => () => {
      for (const timer of timers.current) clearTimeout(timer);
      timers.current = [];
    },
    [],
  );
  const onEvent = useCallback(
    (event: LiveEvent) => {
      if (event.type !== "observation_recorded" || timers.current.length > 0) return;
      timers.current = askAgainMs.map((after, place) =>
        setTimeout(() => {
          if (place === askAgainMs.length - 1) timers.current = [];
          void client.invalidateQueries({ queryKey: dueKey(patientId) });
        }, after),
      );
    },
    [client, patientId],
  );
  useLiveTopic(`patients/${patientId}`, onEvent);
}
