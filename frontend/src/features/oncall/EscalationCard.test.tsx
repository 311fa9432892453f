import { act, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Climb, Me } from "../../api/types";
import { accessibilityFaults } from "../../testing/axe";
import { ago, alert, minute, now } from "../../testing/clinical";
import { type FakeAnswer, playServer, receive, renderPage } from "../../testing/fakeNetwork";
import { ahead, bob, climb, dana } from "../../testing/onCall";
import { EscalationCard } from "./EscalationCard";

const nurse: Partial<Me> = { permissions: ["escalation:read", "on_call:read"] };
const told = { at: ago(2 * minute), action: "told", by: null, note: null, value: null, people: [bob] };
const waiting = alert({ history: [...alert().history, told], escalation_level: 1 });

function show(answer: () => FakeAnswer, of = waiting, me = nurse) {
  const calls = playServer(answer);
  renderPage(<EscalationCard alert={of} />, me);
  return calls;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now });
});
afterEach(() => vi.useRealTimers());

test("who was told, and who is next with the time that is left", async () => {
  show(() => climb());
  expect((await screen.findByRole("timer")).textContent).toBe("Doctor on call in 3:20");
  expect(screen.getByText(/^told .*: Bob Lind$/)).toBeTruthy();
  expect(screen.getByText("At least one of them can be reached.")).toBeTruthy();
  expect(await accessibilityFaults()).toEqual([]);
});

test("the time that is left runs", async () => {
  show(() => climb());
  await screen.findByRole("timer");
  vi.setSystemTime(now + minute);
  await waitFor(() => expect(screen.getByRole("timer").textContent).toBe("Doctor on call in 2:20"));
});

test("that nobody can be reached is said, and whether a step is left", async () => {
  const over: Climb["steps"] = climb().steps.map((step) => ({ ...step, taken: true }));
  let answer = climb({ reached: false });
  show(() => answer);
  expect((await screen.findByText(/^Nobody who was told can be reached/)).textContent).toContain("does not wait");
  answer = climb({ reached: false, steps: over, next_at: null });
  act(() => receive("alerts", "alert_escalated", { alert: waiting }));
  expect(await screen.findByText(/there is no further step/)).toBeTruthy();
  expect(screen.getByText("That was the last step.")).toBeTruthy();
  expect(await accessibilityFaults()).toEqual([]);
});

test("a step that was taken early says why", async () => {
  const escalated = { ...told, at: ago(minute), action: "escalated", note: "unreachable", people: [dana] };
  show(
    () => climb({ steps: climb().steps.map((step) => ({ ...step, taken: true })), next_at: null }),
    alert({ history: [told, escalated] }),
  );
  expect((await screen.findByText(/Dana Okafor/)).textContent).toContain("nobody before could be reached");
});

test("only the last climb's people are shown", async () => {
  const first = { ...told, at: ago(60 * minute), people: [dana] };
  show(() => climb(), alert({ history: [first, { ...first, action: "escalated" }, told] }));
  expect(await screen.findByText(/: Bob Lind$/)).toBeTruthy();
  expect(screen.queryByText(/Dana/)).toBeNull();
});

test("an alert that is over by itself tells nobody else", async () => {
  show(() => climb(), alert({ priority: "medium", condition_active: false, history: [told] }));
  expect(await screen.findByText(/The condition is over/)).toBeTruthy();
  expect(screen.queryByRole("timer")).toBeNull();
});

test("an alert that somebody took on is on hold, and other alerts' news asks nothing", async () => {
  const calls = show(() => climb({ state: "held", next_at: null, reached: null, told: [{ ...bob }] }));
  expect(await screen.findByText(/^On hold/)).toBeTruthy();
  expect(screen.getByText("not taken")).toBeTruthy();
  act(() => receive("alerts", "alert_updated", { alert: alert({ id: "other" }) }));
  expect(calls).toHaveLength(1);
  act(() => receive("alerts", "alert_acknowledged", { alert: waiting }));
  await waitFor(() => expect(calls).toHaveLength(2));
});

test("what is no longer kept, and what cannot be loaded, are two things", async () => {
  show(() => 404);
  expect(await screen.findByText(/no longer kept/)).toBeTruthy();
});

test("a failure offers to try again", async () => {
  let answer: FakeAnswer = 500;
  show(() => answer);
  const retry = await screen.findByRole("button", { name: "Try again" });
  answer = climb({ next_at: ahead(minute) });
  act(() => retry.click());
  expect(await screen.findByRole("timer")).toBeTruthy();
});

test("who may not know is shown nothing and asks nothing", async () => {
  const calls = show(() => climb(), waiting, { permissions: [] });
  await waitFor(() => expect(document.querySelector("section")).toBeNull());
  expect(calls).toEqual([]);
});
