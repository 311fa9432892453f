/** What the signed-in person may do here, and as whom. */
import { useCan, useMe } from "../../api/me";
import type { OnCallRole } from "../../api/types";
import { roles } from "./rota";

export interface CoverRights {
  /** Rotas, ladders, and cover for anybody. */
  readonly all: boolean;
  /** As what the person can be on call themselves. */
  readonly own: readonly OnCallRole[];
}

export function useCoverRights(): CoverRights {
  const me = useMe();
  const may = useCan("on_call:cover");
  const all = useCan("on_call:update");
  return { all, own: may ? roles.filter((role) => me.roles.includes(role)) : [] };
}

export function mayCover(rights: CoverRights, role: OnCallRole): boolean {
  return rights.all || rights.own.includes(role);
}
