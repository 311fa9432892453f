/** Rules in words. Pure. */
import type { TFunction } from "i18next";
import type { Condition } from "../../api/types";
import { formatNumber } from "../../lib/format";

/** "Heart rate above 130", "Body weight up by more than 2 in 72 h". */
export function conditionWords(condition: Condition, nameOf: (code: string) => string, t: TFunction<"rules">): string {
  return t(`condition.${condition.operator}`, {
    what: nameOf(condition.code),
    value: formatNumber(condition.value),
    hours: condition.hours ?? 0,
  });
}
