import { describe, expect, test } from "vitest";
import { ago, hour, minute, observation } from "../../testing/clinical";
import { initials } from "./IdentityHeader";
import { mergeHeld } from "./MeasurementsTab";

describe("held-back readings in the list", () => {
  const filter = { code: null, days: 7 };
  const rows = [observation({ effective_at: ago(minute) }), observation({ id: "o2", effective_at: ago(hour) })];
  const held = observation({ id: "h", status: "quarantined", effective_at: ago(30 * minute) });
  const old = observation({ id: "h2", status: "quarantined", effective_at: ago(3 * hour) });

  test("stand in their place of time, each once", () => {
    expect(mergeHeld([...rows, held], [held], filter, true).map(({ id }) => id)).toEqual(["o1", "h", "o2"]);
  });

  test("older than the loaded rows wait for their page", () => {
    expect(mergeHeld(rows, [held, old], filter, false).map(({ id }) => id)).toEqual(["o1", "h", "o2"]);
    expect(mergeHeld(rows, [old], filter, true).map(({ id }) => id)).toEqual(["o1", "o2", "h2"]);
  });

  test("follow the chosen vital sign", () => {
    expect(mergeHeld(rows, [held], { ...filter, code: "8310-5" }, true)).toHaveLength(2);
  });
});

test("initials are the first and the last name's, whatever the alphabet", () => {
  expect(initials("Anna Maria van der Berg")).toBe("AB");
  expect(initials("Плато́н")).toBe("П");
  expect(initials("  ")).toBe("");
});
