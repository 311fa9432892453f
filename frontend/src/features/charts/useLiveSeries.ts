/** New readings join the charts on screen as they arrive. */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef } from "react";
import type { Observation, Series } from "../../api/types";
import { type LiveEvent, useLiveTopic } from "../../lib/live";
import { type Latest, withLatest } from "./latest";
import { latestKey, seriesKey } from "./queries";
import { appendReading } from "./shape";

const bucketRefreshMs = 30_000;

export function useLiveSeries(patientId: string): void {
  const client = useQueryClient();
  const refreshedAt = useRef(0);
  const onEvent = useCallback(
    (event: LiveEvent) => {
      if (event.type === "observation_updated") void client.invalidateQueries({ queryKey: ["patient", patientId] });
      if (event.type !== "observation_recorded") return;
      client.setQueryData<Latest>(
        latestKey(patientId),
        (latest) => latest && withLatest(latest, event.data.observation),
      );
      const hasBuckets = appendToCache(client, patientId, event.data.observation);
      if (hasBuckets && Date.now() - refreshedAt.current > bucketRefreshMs) {
        refreshedAt.current = Date.now();
        void client.invalidateQueries({ queryKey: seriesKey(patientId) });
      }
    },
    [client, patientId],
  );
  useLiveTopic(`patients/${patientId}`, onEvent);
}

/** True when some series on screen is made of buckets, which only the server can extend. */
function appendToCache(client: QueryClient, patientId: string, observation: Observation): boolean {
  if (observation.status !== "final") return false;
  const t = Date.parse(observation.effective_at);
  const readings = [observation, ...observation.components];
  let hasBuckets = false;
  for (const { code, value } of readings) {
    if (value === null) continue;
    const cached = client.getQueriesData<Series>({ queryKey: seriesKey(patientId, code) });
    for (const [key, series] of cached) {
      if (!series || t < Date.parse(series.start) || t > Date.parse(series.end)) continue;
      if (series.resolution !== "raw") hasBuckets = true;
      else
        client.setQueryData<Series>(key, appendReading(series, t, value, observation.source === "manual" ? "m" : "d"));
    }
  }
  return hasBuckets;
}
