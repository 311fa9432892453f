/** Recording what a person measured. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { NewObservation, Observation } from "../../../api/types";
import { post } from "../../../lib/api";

export function useCreateObservation(patientId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (observation: NewObservation) => post<Observation>(`/patients/${patientId}/observations`, observation),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ["patient", patientId] }),
        client.invalidateQueries({ queryKey: ["board"] }),
      ]),
  });
}
