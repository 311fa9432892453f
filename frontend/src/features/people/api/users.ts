/** The people who can sign in. */
import { infiniteQueryOptions, keepPreviousData, useMutation, useQueryClient } from "@tanstack/react-query";
import type { Page, Role, User } from "../../../api/types";
import { get, patch, post, put } from "../../../lib/api";

export function usersOptions(search: string) {
  return infiniteQueryOptions({
    queryKey: ["users", search],
    queryFn: ({ pageParam, signal }) => get<Page<User>>("/users", { q: search, cursor: pageParam, limit: 50 }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });
}

export interface PersonForm {
  readonly username: string;
  readonly name: string;
  readonly roles: readonly Role[];
  /** Empty: keep the present one. */
  readonly password: string;
  readonly enabled: boolean;
}

export function useCreateUser() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ username, name, roles, password }: PersonForm) =>
      post<User>("/users", { username, name, roles, password }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["users"] }),
  });
}

export function useUpdateUser(user: User) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ name, roles, password, enabled }: PersonForm) => {
      const changes = {
        ...(name === user.name ? {} : { name }),
        ...(enabled === user.enabled ? {} : { enabled }),
        ...(password === "" ? {} : { password }),
      };
      if (Object.keys(changes).length > 0) await patch<User>(`/users/${user.id}`, changes);
      const same = roles.length === user.roles.length && roles.every((role) => user.roles.includes(role));
      if (!same) await put<User>(`/users/${user.id}/roles`, { roles });
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["users"] }),
  });
}
