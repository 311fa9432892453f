import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { Rehearsal as Tried } from "../../api/types";
import { accessibilityFaults } from "../../testing/axe";
import { playServer, renderPage } from "../../testing/fakeNetwork";
import { Rehearsal } from "./Rehearsal";

function side(perDay: number, lost: number): Tried["before"] {
  return {
    total: perDay * 2,
    per_day: perDay,
    high: 2,
    medium: 4,
    low: 0,
    lost_high: lost,
    days: ["2026-01-30", "2026-01-31"].map((day) => ({ day, high: 1, medium: perDay - 1, low: 0 })),
    episodes: [
      {
        kind: "out_of_range",
        code: "8867-4",
        title: "Heart rate above range, critical",
        priority: "high",
        first_at: "2026-01-30T10:00:00Z",
        until: null,
        peak: 151,
        lost: lost > 0,
      },
    ],
  };
}

function tried(lost: number, readings = 2000): Tried {
  return {
    start: "2026-01-30T00:00:00Z",
    end: "2026-01-31T23:00:00Z",
    days: 2,
    readings,
    truncated: false,
    before: side(12, lost),
    after: side(3, 0),
  };
}

async function tryOut(answer: Tried | number) {
  const calls = playServer(() => answer);
  renderPage(<Rehearsal patientId="alice" rules={{ rules: [] }} disabled={false} />);
  await userEvent.setup().click(await screen.findByRole("button", { name: "Try on the last 30 days" }));
  return calls;
}

test("edited limits are tried before they are saved", async () => {
  const calls = await tryOut(tried(0));
  expect(await screen.findByText(/12 alerts a day now, 3 with these limits\..*None of high priority/)).toBeTruthy();
  expect(screen.getByRole("table", { name: "Alerts per day, last 30 days", hidden: true })).toBeTruthy();
  expect(calls[0]).toMatchObject({ method: "POST", path: "/patients/alice/alert-rules/rehearse", body: { rules: [] } });
  expect(await accessibilityFaults()).toEqual([]);
});

test("what would be lost is named", async () => {
  await tryOut(tried(2));
  expect(await screen.findByText(/2 of high priority would be lost\./)).toBeTruthy();
  expect(screen.getByText(/Heart rate above range, critical \(151\)/)).toBeTruthy();
});

test("without readings there is nothing to try on, and a failure says so", async () => {
  await tryOut(tried(0, 0));
  expect(await screen.findByText("There are no readings of the last 30 days to try the limits on.")).toBeTruthy();
});

test("a failed rehearsal says so", async () => {
  await tryOut(500);
  expect(await screen.findByText(/The limits could not be tried\./)).toBeTruthy();
});
