/** Who looks after a patient. */
import { queryOptions } from "@tanstack/react-query";
import type { CareTeam } from "../../../api/types";
import { get } from "../../../lib/api";

export function careTeamOptions(patientId: string) {
  return queryOptions({
    queryKey: ["patient", patientId, "care-team"],
    queryFn: ({ signal }) => get<CareTeam>(`/patients/${patientId}/care-team`, {}, signal),
    staleTime: 60_000,
  });
}
