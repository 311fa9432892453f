import { expect, test } from "vitest";
import { ago, alert, hour, minute, now } from "../../testing/clinical";
import { flagsOf } from "./flags";

const window = { start: now - 10 * hour, end: now };
const early = alert({ id: "early", priority: "medium", first_at: ago(5 * hour) });
const beside = alert({ id: "beside", first_at: ago(5 * hour - minute) });
const late = alert({ id: "late", first_at: ago(hour) });
const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id);

test("alerts apart have a flag each, those outside the window none", () => {
  const flags = flagsOf([late, early, alert({ first_at: ago(11 * hour) })], window, 0.05);
  expect(flags.map(({ at }) => at)).toEqual([0.5, 0.9]);
});

test("alerts too close to press share a flag that shows the most urgent", () => {
  const [flag, ...others] = flagsOf([early, beside, late], window, 0.05);
  expect(ids(flag?.alerts ?? [])).toEqual(["beside", "early"]);
  expect(others).toHaveLength(1);
});

test("zooming in tells them apart", () => {
  expect(flagsOf([early, beside], { start: now - 5.1 * hour, end: now - 4.9 * hour }, 0.05)).toHaveLength(2);
});
