/** What the on-call pages ask the API for. A change of a team shows at once wherever the team is shown. */
import { type QueryClient, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { Climb, Colleague, Ladders, NewCover, OnCallLayout, OnCallTeam, OnCallTeamInput } from "../../api/types";
import { del, get, post, put } from "../../lib/api";

const teamsKey = ["on-call", "teams"];
const layoutKey = ["on-call", "layout"];
const laddersKey = ["escalation-ladders"];
const minute = 60_000;

type Teams = { readonly items: readonly OnCallTeam[] };

export const teamsOptions = queryOptions({
  queryKey: teamsKey,
  queryFn: ({ signal }) => get<Teams>("/on-call/teams", {}, signal),
  refetchInterval: minute,
});

/** Who is on call from `start` to `end`, epoch ms. */
export function layoutOptions(teamId: string, start: number, end: number) {
  return queryOptions({
    queryKey: [...layoutKey, teamId, start, end],
    queryFn: ({ signal }) =>
      get<OnCallLayout>(
        `/on-call/teams/${teamId}/layout`,
        { start: new Date(start).toISOString(), end: new Date(end).toISOString() },
        signal,
      ),
    refetchInterval: minute,
  });
}

export const colleaguesOptions = queryOptions({
  queryKey: ["colleagues"],
  queryFn: ({ signal }) => get<{ readonly items: readonly Colleague[] }>("/colleagues", {}, signal),
  staleTime: 5 * minute,
});

function storeTeam(client: QueryClient, team: OnCallTeam): void {
  client.setQueryData<Teams>(teamsKey, (teams) => {
    if (!teams) return teams;
    const others = teams.items.filter(({ id }) => id !== team.id);
    return { items: [...others, team].sort((a, b) => a.title.localeCompare(b.title)) };
  });
  void client.invalidateQueries({ queryKey: layoutKey });
}

/** `id` null: a new team. */
export function useSaveTeam(id: string | null) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (team: OnCallTeamInput) =>
      id === null ? post<OnCallTeam>("/on-call/teams", team) : put<OnCallTeam>(`/on-call/teams/${id}`, team),
    onSuccess: (team) => {
      storeTeam(client, team);
      return client.invalidateQueries({ queryKey: teamsKey });
    },
  });
}

export function useDeleteTeam() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => del(`/on-call/teams/${id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: teamsKey }),
  });
}

export function useAddCover(teamId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (cover: NewCover) => post<OnCallTeam>(`/on-call/teams/${teamId}/cover`, cover),
    onSuccess: (team) => storeTeam(client, team),
  });
}

export function useRemoveCover(teamId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (coverId: string) => del<OnCallTeam>(`/on-call/teams/${teamId}/cover/${coverId}`),
    onSuccess: (team) => storeTeam(client, team),
  });
}

export const laddersOptions = queryOptions({
  queryKey: laddersKey,
  queryFn: ({ signal }) => get<Ladders>("/escalation-ladders", {}, signal),
});

export function useSaveLadders() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (ladders: Ladders) => put<Ladders>("/escalation-ladders", ladders),
    onSuccess: (ladders) => client.setQueryData<Ladders>(laddersKey, ladders),
  });
}

export const climbKey = (alertId: string) => ["escalation", alertId];

export function climbOptions(alertId: string) {
  return queryOptions({
    queryKey: climbKey(alertId),
    queryFn: ({ signal }) => get<Climb>(`/alerts/${alertId}/escalation`, {}, signal),
    refetchInterval: minute / 4,
  });
}
