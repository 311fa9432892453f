/** What is being changed of a patient's rules, before it is saved. Pure. */
import type { AlertRules, AlertRulesInput, Combination, RuleTemplate, Silence } from "../../api/types";
import { isChanged, type LimitEdits, rulesToSend } from "./limits";

/** Null: as it is. */
export interface RulesDraft {
  readonly limits: LimitEdits;
  readonly templates: readonly string[] | null;
  readonly combinations: readonly Combination[] | null;
  readonly stale: readonly Silence[] | null;
}

export const unchanged: RulesDraft = { limits: new Map(), templates: null, combinations: null, stale: null };

/** A rule, and the title of the set that brings it; null: it stands here itself. */
export interface Shown<Rule> {
  readonly rule: Rule;
  readonly from: string | null;
}

export interface OtherRuleLists {
  readonly combinations: readonly Shown<Combination>[];
  readonly stale: readonly Shown<Silence>[];
}

export function changeCount(rules: AlertRules, draft: RulesDraft): number {
  const lists = [draft.templates, draft.combinations, draft.stale].filter((list) => list !== null).length;
  return rules.rules.filter((rule) => isChanged(rule, draft.limits)).length + lists;
}

/** What to send: lists that were not touched are left out, which keeps them. */
export function bodyOf(rules: AlertRules, draft: RulesDraft): AlertRulesInput {
  const body: { -readonly [Key in keyof AlertRulesInput]: AlertRulesInput[Key] } = {
    rules: rulesToSend(rules.rules, draft.limits),
  };
  if (draft.templates) body.templates = draft.templates;
  if (draft.combinations) body.combinations = draft.combinations;
  if (draft.stale) body.stale = draft.stale;
  return body;
}

/** The rules over several signs and over silence as they would hold after saving; `known`: all sets, if readable. */
export function othersOf(rules: AlertRules, draft: RulesDraft, known: readonly RuleTemplate[] | null): OtherRuleLists {
  const combinations = draft.combinations ?? rules.combinations.filter(isOwn).map(combinationOf);
  const stale = draft.stale ?? rules.stale.filter(isOwn).map(silenceOf);
  const chosen = draft.templates ?? rules.templates.map(({ id }) => id);
  const sets = known
    ? chosen.flatMap((id) => known.filter((set) => set.id === id))
    : [
        ...rules.combinations.filter((rule) => !isOwn(rule)).map((rule) => setOf(rule.source_title, [rule], [])),
        ...rules.stale.filter((rule) => !isOwn(rule)).map((rule) => setOf(rule.source_title, [], [rule])),
      ];
  return {
    combinations: layered(
      combinations,
      sets.map((set) => [set.title, set.combinations] as const),
      (rule) => rule.id ?? rule.title,
    ),
    stale: layered(
      stale,
      sets.map((set) => [set.title, set.stale] as const),
      (rule) => rule.code,
    ),
  };
}

function isOwn({ source }: { readonly source: string }): boolean {
  return source === "patient";
}

function setOf(title: string | null, combinations: readonly Combination[], stale: readonly Silence[]) {
  return { title: title ?? "", combinations, stale };
}

/** The stronger rule of an id hides the weaker ones. */
function layered<Rule>(
  own: readonly Rule[],
  sets: readonly (readonly [string, readonly Rule[]])[],
  keyOf: (rule: Rule) => string,
): Shown<Rule>[] {
  const shown = new Map<string, Shown<Rule>>();
  for (const rule of own) shown.set(keyOf(rule), { rule, from: null });
  for (const [title, brought] of sets) {
    for (const rule of brought) if (!shown.has(keyOf(rule))) shown.set(keyOf(rule), { rule, from: title });
  }
  return [...shown.values()];
}

function combinationOf({ id, title, priority, at_least, conditions, enabled, latching }: Combination): Combination {
  return { id: id ?? null, title, priority, at_least, conditions, enabled, latching };
}

function silenceOf({ code, hours, priority }: Silence): Silence {
  return { code, hours, priority };
}

export type CombinationTrouble = "title" | "sign" | "change" | "age" | "few";

/** What is wrong with a combination as typed. */
export function combinationTrouble(rule: Combination): CombinationTrouble | null {
  if (rule.title.trim() === "") return "title";
  if (rule.conditions.length < 2) return "few";
  if (rule.conditions.some(({ code }) => code === "")) return "sign";
  const changes = rule.conditions.filter(({ operator }) => isChange(operator));
  if (changes.some(({ value, hours }) => value <= 0 || !hours)) return "change";
  return rule.conditions.some(({ max_age_s }) => max_age_s < 60) ? "age" : null;
}

export function isChange(operator: Combination["conditions"][number]["operator"]): boolean {
  return operator === "risen" || operator === "fallen";
}

/** An id of your own choice, as the server takes it. */
export function newId(prefix: string): string {
  return `${prefix}_${crypto.randomUUID().replaceAll("-", "").slice(0, 12)}`;
}
