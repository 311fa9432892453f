import { expect, test } from "vitest";
import type { AuditEntry } from "../../api/types";
import { visits } from "./visits";

function entry(id: string, at: string, actor: string, action = "observation:read"): AuditEntry {
  return {
    id,
    at,
    actor: { type: "user", id: actor, name: actor },
    roles: [],
    relation: null,
    action,
    object: "",
    patient_id: "p",
    outcome: "allowed",
    rule: null,
    from: null,
    detail: {},
  };
}

test("what Bob does again within the hour is one visit, what he does else or later is another", () => {
  const log = [
    entry("4", "2026-11-23T12:00:00Z", "bob"),
    entry("3", "2026-11-23T11:40:00Z", "bob"),
    entry("2", "2026-11-23T11:40:00Z", "bob", "alert:read"),
    entry("1", "2026-11-23T09:00:00Z", "bob"),
  ];
  expect(visits(log, null).map(({ id }) => id)).toEqual(["4", "2", "1"]);
});

test("Alice's own looks can be left out, a stranger's refused one never is", () => {
  const denied: AuditEntry = { ...entry("2", "2026-11-23T11:59:00Z", "charlie"), outcome: "denied" };
  const log = [entry("3", "2026-11-23T12:00:00Z", "alice"), denied, entry("1", "2026-11-23T11:58:00Z", "charlie")];
  expect(visits(log, "alice").map(({ id }) => id)).toEqual(["2", "1"]);
});
