/** Who is signed in. */
import { type QueryClient, queryOptions, useQuery } from "@tanstack/react-query";
import { get, Problem, setCsrfToken } from "../lib/api";
import type { Me, Role } from "./types";

export const meKey = ["me"] as const;

/** `null` is an answer too: nobody is signed in. */
export const meOptions = queryOptions({
  queryKey: meKey,
  queryFn: async ({ signal }): Promise<Me | null> => {
    try {
      const me = await get<Me>("/auth/me", {}, signal);
      setCsrfToken(me.csrf_token);
      return me;
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 5 * 60_000,
});

export function storeMe(client: QueryClient, me: Me | null): void {
  setCsrfToken(me?.csrf_token ?? null);
  client.setQueryData<Me | null>(meKey, me);
}

const nobody: Me = {
  id: "",
  username: "",
  name: "",
  roles: [],
  permissions: [],
  csrf_token: "",
  patient_id: null,
  demo: false,
};

/** The signed-in person. Behind the sign-in there always is one; on the way out it is briefly nobody. */
export function useMe(): Me {
  return useQuery(meOptions).data ?? nobody;
}

export function useCan(permission: string): boolean {
  return useMe().permissions.includes(permission);
}

export function isProfessional(roles: readonly Role[]): boolean {
  return roles.includes("nurse") || roles.includes("doctor");
}
