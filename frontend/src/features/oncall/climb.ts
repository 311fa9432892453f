/** An alert's climb: its steps as the ladder has them, with the people whom the alert's history names. Pure. */
import type { Alert, Climb, LadderTarget, Person } from "../../api/types";

export interface StepState {
  readonly tell: readonly LadderTarget[];
  readonly taken: boolean;
  readonly dueAt: number;
  /** When it was taken; when it is due otherwise. */
  readonly at: number;
  /** Who was told by it; null: not known (yet). */
  readonly people: readonly Person[] | null;
  /** Taken before its time, because nobody before could be reached. */
  readonly early: boolean;
}

/** The history tells each climb in order, from "told" on; the last climb is the one that counts. */
export function stepsOf(climb: Climb, alert: Alert): StepState[] {
  const entries = alert.history.filter(({ action }) => action === "told" || action === "escalated");
  const first = entries.findLastIndex(({ action }) => action === "told");
  const taken = first === -1 ? [] : entries.slice(first);
  return climb.steps.map((step, index) => {
    const entry = step.taken ? taken[index] : undefined;
    const dueAt = Date.parse(step.due_at);
    return {
      tell: step.tell,
      taken: step.taken,
      dueAt,
      at: entry ? Date.parse(entry.at) : dueAt,
      people: entry?.people ?? null,
      early: entry?.note === "unreachable",
    };
  });
}

export function nextStep(climb: Climb): Climb["steps"][number] | null {
  return climb.steps.find((step) => !step.taken) ?? null;
}

/** An alert that is over by itself and was not of high priority calls nobody else. */
export function waits(climb: Climb, alert: Alert): boolean {
  return !alert.condition_active && alert.priority !== "high" && (climb.steps[0]?.taken ?? false);
}
