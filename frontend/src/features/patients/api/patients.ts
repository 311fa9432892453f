/** The list of patients, and changing who they are. */
import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import type { NewPatient, Page, Patient, User } from "../../../api/types";
import { get, patch, post } from "../../../lib/api";

export function patientsOptions(search: string) {
  return infiniteQueryOptions({
    queryKey: ["patients", search],
    queryFn: ({ pageParam, signal }) =>
      get<Page<Patient>>("/patients", { q: search, cursor: pageParam, limit: 50 }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });
}

/** Accounts that may be linked to a patient, as far as one search answers. */
export function accountsOptions(search: string) {
  return queryOptions({
    queryKey: ["users", "accounts", search],
    queryFn: async ({ signal }) => {
      const page = await get<Page<User>>("/users", { q: search, limit: 50 }, signal);
      return page.items.filter((user) => user.roles.includes("patient"));
    },
    placeholderData: keepPreviousData,
  });
}

export function useCreatePatient() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (patient: NewPatient) => post<Patient>("/patients", patient),
    onSuccess: () => invalidate(client),
  });
}

export function useUpdatePatient(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (changes: Partial<NewPatient>) => patch<Patient>(`/patients/${id}`, changes),
    onSuccess: () => invalidate(client, id),
  });
}

function invalidate(client: ReturnType<typeof useQueryClient>, id?: string) {
  return Promise.all(
    [["patients"], ["board"], ["users"], ...(id ? [["patient", id]] : [])].map((queryKey) =>
      client.invalidateQueries({ queryKey }),
    ),
  );
}
