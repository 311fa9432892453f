/** The access log told shortly: the same person doing the same thing within an hour is one visit. Pure. */
import type { AuditEntry } from "../../api/types";

const hour = 3_600_000;

/** Newest first in, newest first out; each visit stands at its newest entry's time. */
export function visits(entries: readonly AuditEntry[], withoutActor: string | null): AuditEntry[] {
  const kept: AuditEntry[] = [];
  const newest = new Map<string, number>();
  for (const entry of entries) {
    if (entry.actor.id === withoutActor) continue;
    const key = `${entry.actor.type} ${entry.actor.id} ${entry.action} ${entry.outcome}`;
    const at = Date.parse(entry.at);
    const held = newest.get(key);
    if (held !== undefined && held - at < hour) continue;
    newest.set(key, at);
    kept.push(entry);
  }
  return kept;
}
