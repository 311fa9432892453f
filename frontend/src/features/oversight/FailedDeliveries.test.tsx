import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { accessibilityFaults } from "../../testing/axe";
import { ago, minute } from "../../testing/clinical";
import { playServer, renderPage } from "../../testing/fakeNetwork";
import { FailedDeliveriesPage } from "./pages/FailedDeliveriesPage";

const letter = {
  id: "d1",
  user_id: "u",
  user_name: "Bob Lind",
  channel: "email",
  kind: "alert",
  priority: "high",
  state: "failed",
  attempts: 12,
  requested_at: ago(60 * minute),
  ended_at: ago(minute),
  next_attempt_at: null,
  error: "no mail server: TimeoutError",
  address: "b…@example.org",
};

test("what was given up is listed with person, masked address and reason", async () => {
  playServer(() => ({ items: [letter, { ...letter, id: "d2", user_name: "" }], next: null }));
  renderPage(<FailedDeliveriesPage />, { roles: ["admin"] });
  const [, first, second] = await screen.findAllByRole("row");
  expect(first?.textContent).toContain("Bob Lind");
  expect(first?.textContent).toContain("E-mail b…@example.org");
  expect(first?.textContent).toContain("no mail server: TimeoutError");
  expect(second?.textContent).toContain("A person who is gone");
  expect(await accessibilityFaults()).toEqual([]);
});

test("nothing given up is good news", async () => {
  playServer(() => ({ items: [], next: null }));
  renderPage(<FailedDeliveriesPage />, { roles: ["admin"] });
  expect(await screen.findByText("Everything was delivered")).toBeTruthy();
});

test("a failure to load says so", async () => {
  playServer(() => 500);
  renderPage(<FailedDeliveriesPage />, { roles: ["admin"] });
  expect(await screen.findByRole("alert")).toBeTruthy();
});
