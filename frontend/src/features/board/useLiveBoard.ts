/** Readings of everyone on the board, as they arrive, into the cached board. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import type { Board, Observation } from "../../api/types";
import { type LiveEvent, useLiveTopic } from "../../lib/live";
import { patchBoard } from "./patch";
import { boardKey } from "./queries";

/** A busy ward sends a hundred readings a second: one render for all that came within this time. */
const gatherMs = 250;

export function useLiveBoard(): void {
  const client = useQueryClient();
  const waiting = useRef<Observation[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const flush = useCallback(() => {
    timer.current = null;
    const observations = waiting.current.splice(0);
    client.setQueryData<Board>(boardKey, (board) => board && observations.reduce(patchBoard, board));
  }, [client]);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
    },
    [],
  );
  const onEvent = useCallback(
    (event: LiveEvent) => {
      if (event.type === "observation_updated") void client.invalidateQueries({ queryKey: boardKey });
      if (event.type !== "observation_recorded") return;
      waiting.current.push(event.data.observation);
      timer.current ??= setTimeout(flush, gatherMs);
    },
    [client, flush],
  );
  useLiveTopic("patients", onEvent);
}
