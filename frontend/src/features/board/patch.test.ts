import { describe, expect, test } from "vitest";
import type { Board } from "../../api/types";
import { ago, boardItem, hour, minute, now, observation, patient } from "../../testing/clinical";
import { patchBoard } from "./patch";

const other = boardItem({ patient: patient({ id: "bea" }) });
const board: Board = { items: [boardItem(), other], next: null };

describe("a live reading on the board", () => {
  test("takes the cell, the contact and the spark of its patient alone", () => {
    const fresh = observation({ id: "o2", value: 90, effective_at: ago(0), received_at: ago(0) });
    const next = patchBoard(board, fresh);
    expect(next.items[0]?.latest["8867-4"]).toBe(fresh);
    expect(next.items[0]?.last_contact_at).toBe(ago(0));
    expect(next.items[0]?.sparks["8867-4"]?.v).toEqual([70, 71, 90]);
    expect(next.items[1]).toBe(other);
  });

  test("that is older than the one shown changes nothing", () => {
    expect(patchBoard(board, observation({ id: "o0", effective_at: ago(hour) }))).toBe(board);
  });

  test("that is held back never replaces a value", () => {
    expect(patchBoard(board, observation({ id: "o2", status: "quarantined", effective_at: ago(0) }))).toBe(board);
  });

  test("of somebody not on the board changes nothing", () => {
    expect(patchBoard(board, observation({ patient_id: "charlie" }))).toBe(board);
  });

  test("within the hour of the newest spark point moves that point", () => {
    const first = patchBoard(board, observation({ id: "o2", value: 80, effective_at: ago(-minute) }));
    const second = patchBoard(first, observation({ id: "o3", value: 82, effective_at: ago(-2 * minute) }));
    expect(second.items[0]?.sparks["8867-4"]).toEqual({
      t: [now - 2 * hour, now - hour, now + 2 * minute],
      v: [70, 71, 82],
    });
  });

  test("of blood pressure extends both component sparks", () => {
    const components = [
      { code: "8480-6", display: "Systolic", value: 120, unit: "mm[Hg]", data_absent_reason: null },
      { code: "8462-4", display: "Diastolic", value: 80, unit: "mm[Hg]", data_absent_reason: null },
    ];
    const next = patchBoard(board, observation({ id: "o2", code: "85354-9", value: null, components }));
    expect(next.items[0]?.sparks["8480-6"]?.v).toEqual([120]);
    expect(next.items[0]?.sparks["8462-4"]?.v).toEqual([80]);
  });

  test("marked in error shows as such until the server says what counts instead", () => {
    const wrong = observation({ status: "entered-in-error" });
    expect(patchBoard(board, wrong).items[0]?.latest["8867-4"]).toBe(wrong);
  });
});
