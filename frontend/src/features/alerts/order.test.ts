import { describe, expect, test } from "vitest";
import { ago, alert, minute } from "../../testing/clinical";
import { nextToasts } from "./AlertAnnouncer";
import { alertKey, filterAlerts, mergeAlert } from "./order";

const high = alert();
const medium = alert({ id: "a2", priority: "medium", patient_name: "Bea Berg", raised_at: ago(minute) });
const taken = alert({ id: "a3", status: "acknowledged" });
const done = alert({ id: "a4", status: "resolved" });
const all = { status: "all", priority: null, search: "" } as const;
const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id);

describe("the list", () => {
  test("puts what waits first, then what is taken on, then what is done", () => {
    expect(ids(filterAlerts([done, taken, medium, high], all))).toEqual(["a1", "a2", "a3", "a4"]);
  });

  test("filters by state, priority and patient", () => {
    expect(ids(filterAlerts([done, taken, high], { ...all, status: "open" }))).toEqual(["a1", "a3"]);
    expect(ids(filterAlerts([medium, high], { ...all, priority: "medium" }))).toEqual(["a2"]);
    expect(ids(filterAlerts([medium, high], { ...all, search: " bea " }))).toEqual(["a2"]);
  });

  test("a live event replaces its alert; a list of open ones lets a resolved one go", () => {
    const resolved = alert({ status: "resolved" });
    expect(mergeAlert([high, medium], resolved, false)).toEqual([medium]);
    expect(mergeAlert([high, medium], resolved, true)).toEqual([resolved, medium]);
    expect(mergeAlert([medium], high, false)).toEqual([high, medium]);
  });
});

describe("messages in the corner", () => {
  test("the newest alert comes first, an update does not bring a hidden one back", () => {
    expect(ids(nextToasts([high], true, medium))).toEqual(["a2", "a1"]);
    expect(nextToasts([high], false, medium)).toEqual([high]);
  });

  test("an alert that somebody takes on leaves every screen", () => {
    expect(nextToasts([high, medium], false, alert({ status: "acknowledged" }))).toEqual([medium]);
  });
});

test("j, k, a, r and Enter are commands, other keys are not", () => {
  expect(alertKey("j")).toEqual({ kind: "move", by: 1 });
  expect(alertKey("k")).toEqual({ kind: "move", by: -1 });
  expect(alertKey("a")).toEqual({ kind: "acknowledge" });
  expect(alertKey("r")).toEqual({ kind: "resolve" });
  expect(alertKey("Enter")).toEqual({ kind: "open" });
  expect(alertKey("x")).toBeNull();
});
