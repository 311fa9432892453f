import { describe, expect, test } from "vitest";
import { ago, alert, boardItem, hour, minute, now, patient } from "../../testing/clinical";
import { boardRows, filterRows, groupByPatient, wardsOf } from "./triage";

const alice = boardItem();
const bea = boardItem({ patient: patient({ id: "bea", name: "Béatrice Öz", ward: "North", room: "9" }) });
const cem = boardItem({ patient: patient({ id: "cem", name: "Cem", ward: null }), last_contact_at: ago(30 * hour) });

function order(...alerts: ReturnType<typeof alert>[]): string[] {
  return boardRows([cem, alice, bea], groupByPatient(alerts), now).map((row) => row.item.patient.id);
}

describe("who comes first", () => {
  test("the highest open priority", () => {
    expect(order(alert({ priority: "low" }), alert({ id: "a2", patient_id: "cem", priority: "medium" }))).toEqual([
      "cem",
      "alice",
      "bea",
    ]);
  });

  test("one that waits before one that somebody has taken on", () => {
    expect(order(alert({ status: "acknowledged" }), alert({ id: "a2", patient_id: "bea", priority: "low" }))[0]).toBe(
      "bea",
    );
  });

  test("a value still outside before one that is back", () => {
    expect(
      order(alert({ condition_active: false, raised_at: ago(minute) }), alert({ id: "a2", patient_id: "bea" }))[0],
    ).toBe("bea");
  });

  test("without alerts the most recent contact, then the name", () => {
    expect(order()).toEqual(["alice", "bea", "cem"]);
  });
});

describe("filters", () => {
  const rows = boardRows([alice, bea, cem], groupByPatient([alert()]), now);
  const all = { ward: null, state: "all", search: "" } as const;
  const ids = (filter: Parameters<typeof filterRows>[1]) => filterRows(rows, filter).map((row) => row.item.patient.id);

  test("search ignores accents and case, and takes ward and room too", () => {
    expect(ids({ ...all, search: "beatrice oz" })).toEqual(["bea"]);
    expect(ids({ ...all, search: "north 9" })).toEqual(["bea"]);
    expect(ids({ ...all, search: "nobody" })).toEqual([]);
  });

  test("states", () => {
    expect(ids({ ...all, state: "alerts" })).toEqual(["alice"]);
    expect(ids({ ...all, state: "stale" })).toEqual(["cem"]);
    expect(ids({ ...all, ward: "North" })).toEqual(["bea"]);
  });

  test("wards are listed once, those without one not at all", () => {
    expect(wardsOf([alice, alice, bea, cem])).toEqual(["North", "West"]);
  });
});
