/** What belongs to the signed-in person. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { storeMe } from "../../../api/me";
import type { AuditEntry, CreatedToken, Me, Page, Token } from "../../../api/types";
import { del, get, post } from "../../../lib/api";

export function useChangePassword() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (passwords: { readonly current: string; readonly new: string }) =>
      post<Me>("/auth/password", passwords),
    onSuccess: (me) => storeMe(client, me),
  });
}

export const tokensOptions = queryOptions({
  queryKey: ["tokens"],
  queryFn: ({ signal }) => get<Page<Token>>("/me/tokens", {}, signal),
});

export function useCreateToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (token: { readonly name: string; readonly days: number }) => post<CreatedToken>("/me/tokens", token),
    onSuccess: () => client.invalidateQueries({ queryKey: tokensOptions.queryKey }),
  });
}

export function useRevokeToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => del(`/me/tokens/${id}`),
    onSettled: () => client.invalidateQueries({ queryKey: tokensOptions.queryKey }),
  });
}

export const accessLogOptions = infiniteQueryOptions({
  queryKey: ["access-log"],
  queryFn: ({ pageParam, signal }) => get<Page<AuditEntry>>("/me/access-log", { cursor: pageParam, limit: 50 }, signal),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next,
});
