/** The query cache: the one home of server state. */
import { QueryClient } from "@tanstack/react-query";
import { Problem } from "./api";
import { live } from "./live";

/** Asking again helps against a lost network or a stumbling server, never against a refusal. */
function isWorthRetrying(failures: number, error: Error): boolean {
  return failures < 2 && (!(error instanceof Problem) || error.status === 0 || error.status >= 500);
}

export function createQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: { staleTime: 15_000, gcTime: 10 * 60_000, retry: isWorthRetrying, refetchOnWindowFocus: true },
      mutations: { retry: false },
    },
  });
  // The live stream could not resume: whatever is on screen may have missed something.
  live.onReset(() => void client.invalidateQueries());
  // A topic was taken away: ask again, so that what may no longer be seen leaves the screen.
  live.onGone(() => void client.invalidateQueries());
  return client;
}
