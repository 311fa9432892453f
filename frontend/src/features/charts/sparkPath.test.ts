import { describe, expect, test } from "vitest";
import { sparkPoints, sparkShape } from "./sparkPath";

const hour = 3_600_000;
const box = { width: 100, height: 20, start: 0, end: 24 * hour };

describe("a spark line", () => {
  test("rises with the value and ends at the newest point", () => {
    const shape = sparkShape(
      [
        { t: 0, v: 10 },
        { t: 24 * hour, v: 20 },
      ].map((p, i) => ({ ...p, t: i === 0 ? 21 * hour : p.t })),
      box,
      null,
    );
    expect(shape.line).toBe("M86 18L98 2");
    expect(shape.last).toEqual({ x: 98, y: 2 });
  });

  test("breaks over a silence and keeps a lone reading as a dot", () => {
    const points = [1, 2, 3, 12, 20, 21].map((h, i) => ({ t: h * hour, v: 70 + i }));
    const shape = sparkShape(points, box, null);
    expect(shape.line.match(/M/g)).toHaveLength(2);
    expect(shape.dots).toHaveLength(1);
  });

  test("leaves the limits' band when a value breaches them", () => {
    const shape = sparkShape(
      [
        { t: hour, v: 80 },
        { t: 2 * hour, v: 140 },
      ],
      box,
      { low: 50, high: 120 },
    );
    const band = shape.band;
    expect(band?.y).toBeGreaterThan(0);
    expect(shape.last?.y).toBeLessThan(band?.y ?? 0);
  });

  test("a one-sided limit's band reaches the edge", () => {
    const shape = sparkShape([{ t: hour, v: 96 }], box, { low: 90, high: null });
    expect(shape.band).toMatchObject({ y: 0 });
  });

  test("without values draws nothing and without limits no band", () => {
    expect(sparkShape([], box, null)).toEqual({ line: "", dots: [], band: null, last: null });
  });
});

test("points outside the box and without a value are left out", () => {
  expect(sparkPoints([-1, 1, 2], [5, null, 7], 0, 10)).toEqual([{ t: 2, v: 7 }]);
});
