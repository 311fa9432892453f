/** The table of vital signs: codes, words, units, ranges. */
import { queryOptions } from "@tanstack/react-query";
import { get } from "../lib/api";
import type { VitalSigns } from "./types";

export const vitalSignsOptions = queryOptions({
  queryKey: ["vital-signs"],
  queryFn: ({ signal }) => get<VitalSigns>("/vital-signs", {}, signal),
  staleTime: Number.POSITIVE_INFINITY,
});
