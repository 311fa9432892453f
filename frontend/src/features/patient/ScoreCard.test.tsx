import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Score } from "../../api/types";
import { playServer, renderPage } from "../../testing/fakeNetwork";
import { vitalSigns } from "../../testing/vitalSigns";
import { priorityOf, ScoreCard } from "./ScoreCard";

const input = (points: number | null, more: Partial<Score["inputs"][number]> = {}): Score["inputs"][number] => ({
  code: "8867-4",
  display: "Heart rate",
  value: 72,
  unit: "/min",
  effective_at: "2026-01-01T10:00:00.000Z",
  age_s: 240,
  points,
  ...more,
});

const score = (more: Partial<Score> = {}): Score => ({
  score: 3,
  scale: 1,
  inputs: [input(0), input(3, { code: "9279-1", display: "Respiratory rate" })],
  missing: [],
  stale: [],
  response: "Urgent ward review.",
  next_observation_at: "2026-01-01T11:00:00.000Z",
  not_applicable: null,
  ...more,
});

function play(answer: Score) {
  playServer((call) => (call.path.endsWith("/score") ? answer : { items: vitalSigns }));
  renderPage(<ScoreCard patientId="alice" />);
}

test("the score stands with what it asks for and each input's points and age", async () => {
  play(score());
  expect(await screen.findByText("Urgent ward review.")).toBeTruthy();
  expect(screen.getByText("3 points")).toBeTruthy();
  expect(screen.getAllByText(/4 min/)).toHaveLength(2);
});

test("without a score it says what is missing and what is too old, never a zero", async () => {
  const inputs = ["a", "b", "c", "d"].map((code) => input(null, { code }));
  play(score({ score: null, response: null, inputs, missing: ["8867-4"], stale: ["8310-5"] }));
  expect(await screen.findByText(/No score: Heart rate not measured yet/)).toBeTruthy();
  expect(screen.getByText(/too old/)).toBeTruthy();
  expect(screen.getAllByText("–").length).toBeGreaterThan(0);
  expect(screen.queryByText(/0 points/)).toBeNull();
});

test("seven is an emergency, five or a single three is urgent", () => {
  expect(priorityOf(score({ score: 7, inputs: [] }))).toBe("high");
  expect(priorityOf(score({ score: 5, inputs: [] }))).toBe("medium");
  expect(priorityOf(score({ score: 3 }))).toBe("medium");
  expect(priorityOf(score({ score: 4, inputs: [input(2), input(2)] }))).toBeUndefined();
  expect(priorityOf(score({ score: null, inputs: [] }))).toBeUndefined();
});
