/** Signing in, and setting up while nobody exists. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { storeMe } from "../../api/me";
import type { AuthOptions, Me } from "../../api/types";
import { get, post } from "../../lib/api";

export const authOptions = queryOptions({
  queryKey: ["auth-options"],
  queryFn: ({ signal }) => get<AuthOptions>("/auth/options", {}, signal),
  // A demo that has just begun is still hiring.
  refetchInterval: ({ state }) => (state.data?.demo && state.data.demo_accounts.length === 0 ? 2_000 : false),
  staleTime: 60_000,
});

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface FirstAdmin extends Credentials {
  readonly code: string;
  readonly name: string;
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (credentials: Credentials) => post<Me>("/auth/login", credentials),
    onSuccess: (me) => storeMe(client, me),
  });
}

export function useSetup() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (admin: FirstAdmin) => post<Me>("/setup", admin),
    onSuccess: (me) => {
      storeMe(client, me);
      return client.invalidateQueries({ queryKey: authOptions.queryKey });
    },
  });
}
