import { describe, expect, test } from "vitest";
import { ago, alert, boardItem, hour, now, observation } from "../../testing/clinical";
import { vitalSigns } from "../../testing/vitalSigns";
import { cellOf, columnsOf, defaultColumns } from "./columns";
import { parseSettings } from "./settings";

const columns = columnsOf(vitalSigns);
const column = (code: string) => columns.find((each) => each.code === code) ?? expect.fail(code);

test("blood pressure is one column with its limits from diastolic to systolic", () => {
  expect(columns.map((each) => each.code)).not.toContain("8480-6");
  expect(column("85354-9")).toMatchObject({
    parts: ["8480-6", "8462-4"],
    limits: { low: 50, high: 160 },
    unit: "mm[Hg]",
  });
});

describe("until someone chooses", () => {
  const item = boardItem({ latest: { "8867-4": observation(), "67775-7": observation({ code: "67775-7" }) } });

  test("the columns are the numbers that somebody has", () => {
    expect(defaultColumns(columns, [item], [])).toEqual(["8867-4"]);
    expect(defaultColumns(columns, [], [])).toContain("85354-9");
  });

  test("what somebody has an alert on is never hidden", () => {
    expect(defaultColumns(columns, [item], [alert({ code: "67775-7" }), alert({ code: "8462-4" })])).toEqual([
      "8867-4",
      "85354-9",
      "67775-7",
    ]);
  });
});

describe("a cell", () => {
  test("carries an alert of its component", () => {
    const item = boardItem({ latest: { "85354-9": observation({ code: "85354-9" }) } });
    const systolic = alert({ code: "8480-6" });
    expect(cellOf(item, column("85354-9"), [systolic], now).alert).toBe(systolic);
    expect(cellOf(item, column("8867-4"), [systolic], now).alert).toBeNull();
  });

  test("older than a day is stale, held back is neither stale nor a value to trust", () => {
    const old = boardItem({ latest: { "8867-4": observation({ effective_at: ago(25 * hour) }) } });
    expect(cellOf(old, column("8867-4"), [], now)).toMatchObject({ stale: true, held: false });
    const held = boardItem({ latest: { "8867-4": observation({ status: "quarantined" }) } });
    expect(cellOf(held, column("8867-4"), [], now)).toMatchObject({ stale: false, held: true });
  });

  test("without a reading is empty, not zero and not stale", () => {
    expect(cellOf(boardItem({ latest: {} }), column("8867-4"), [], now)).toMatchObject({
      observation: null,
      stale: false,
    });
  });
});

test("settings survive whatever the storage holds", () => {
  const usual = { columns: null, density: "compact", inboxOpen: true };
  for (const text of [null, "", "{", "7", '{"columns":"x","density":"huge"}'])
    expect(parseSettings(text)).toEqual(usual);
  expect(parseSettings('{"columns":["a",1],"density":"roomy","inboxOpen":false}')).toEqual({
    columns: ["a"],
    density: "roomy",
    inboxOpen: false,
  });
});
