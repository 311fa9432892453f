/** The installation's drivers. */
import { queryOptions } from "@tanstack/react-query";
import { get } from "../lib/api";
import type { Driver } from "./types";

export const driversOptions = queryOptions({
  queryKey: ["drivers"],
  queryFn: ({ signal }) => get<{ readonly items: readonly Driver[] }>("/drivers", {}, signal),
});
