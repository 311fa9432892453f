/** What the board asks the API for. */
import { queryOptions } from "@tanstack/react-query";
import type { Board } from "../../api/types";
import { get } from "../../lib/api";

export const boardKey = ["board"];

export function boardOptions() {
  return queryOptions({
    queryKey: boardKey,
    queryFn: ({ signal }) => get<Board>("/board", {}, signal),
    refetchInterval: 5 * 60_000,
  });
}
