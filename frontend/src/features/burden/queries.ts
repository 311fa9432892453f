/** What the page asks the API for. */
import { queryOptions } from "@tanstack/react-query";
import type { BurdenReport } from "../../api/types";
import { get } from "../../lib/api";

export const periods = ["7", "30", "90"] as const;
export type Period = (typeof periods)[number];
export const aspects = ["rule", "patient", "ward"] as const;
export type Aspect = (typeof aspects)[number];

export function burdenOptions(days: Period, by: Aspect) {
  return queryOptions({
    queryKey: ["alarm-burden", days, by],
    queryFn: ({ signal }) => get<BurdenReport>("/alarm-burden", { days, by }, signal),
    staleTime: 60_000,
  });
}
