/** The newest valid reading of each vital sign, as readings arrive. Pure. */
import type { Observation } from "../../api/types";

export interface Latest {
  readonly items: readonly Observation[];
}

/** A held-back, withdrawn or older reading changes nothing. */
export function withLatest<L extends Latest>(latest: L, observation: Observation): L {
  if (observation.status !== "final") return latest;
  const index = latest.items.findIndex((item) => item.code === observation.code);
  const held = latest.items[index];
  if (!held) return { ...latest, items: [...latest.items, observation] };
  if (Date.parse(held.effective_at) > Date.parse(observation.effective_at)) return latest;
  return { ...latest, items: latest.items.with(index, observation) };
}
