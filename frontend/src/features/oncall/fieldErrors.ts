/** The server's complaints by field: "shifts.0.people" for `["shifts", 0, "people"]`. */
import { Problem } from "../../lib/api";

export interface FieldErrors {
  /** What is wrong with a field; null: nothing. */
  readonly at: (path: string) => string | null;
  /** What is wrong with a field or anything in it. */
  readonly within: (path: string) => string | null;
}

export function fieldErrors(error: Error | null): FieldErrors {
  const found = new Map<string, string>();
  for (const { loc, msg } of error instanceof Problem ? error.errors : []) {
    const path = typeof loc === "string" ? loc : loc.join(".");
    if (!found.has(path)) found.set(path, msg);
  }
  return {
    at: (path) => found.get(path) ?? null,
    within: (path) => {
      for (const [place, msg] of found) if (place === path || place.startsWith(`${path}.`)) return msg;
      return null;
    },
  };
}
