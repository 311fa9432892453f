import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { Alert, Deliveries } from "../../api/types";
import { accessibilityFaults } from "../../testing/axe";
import { ago, alert, minute } from "../../testing/clinical";
import { playServer, receive, renderPage } from "../../testing/fakeNetwork";
import { AlertPage } from "./AlertPage";

const technical = alert({
  patient_id: null,
  patient_name: "",
  kind: "technical",
  title: "No worker lives",
  code: null,
});
const permissions = ["alert:read", "technical_alert:acknowledge", "notification:read"];

const delivery = {
  user_id: "u-bob",
  user_name: "Bob Lind",
  channel: "web_push",
  kind: "alert",
  priority: "high",
  state: "delivered",
  attempts: 1,
  requested_at: ago(13 * minute),
  ended_at: ago(12 * minute),
  next_attempt_at: null,
  error: null,
} as const;

function play(found: Alert, deliveries: () => Deliveries | number) {
  return playServer(({ method, path }) => {
    if (path === "/alerts-deliveries") return deliveries();
    if (method === "POST") return { ...found, status: "acknowledged" };
    return path === `/alerts/${found.id}` ? found : { items: [], rules: [], next: null };
  });
}

const told = () => screen.findByRole("region", { name: "Who was told" });

test("the story says who was told, by which channel, with what outcome, and who could not be", async () => {
  play(technical, () => ({
    items: [
      delivery,
      { ...delivery, channel: "email", state: "waiting", attempts: 3, ended_at: null, error: "no mail server" },
      { ...delivery, user_id: "u2", user_name: "Dana Okafor", kind: "escalation", state: "failed", channel: "pager" },
    ],
    unreached: [{ user_id: "u3", user_name: "Erik Solheim", requested_at: ago(13 * minute) }],
    next: null,
  }));
  renderPage(<AlertPage alertId="a1" />, { permissions });
  const section = within(await told());
  const rows = (await section.findAllByRole("listitem")).map((row) => row.textContent);
  expect(rows[0]).toContain("Erik Solheim Not reached");
  expect(rows[1]).toContain("Bob Lind · Browser Delivered");
  expect(rows[2]).toContain("Bob Lind · E-mail Waiting3 attempts · no mail server");
  expect(rows[3]).toContain("Dana Okafor · pager Failedbecause nobody took it on");
  expect(await accessibilityFaults()).toEqual([]);
});

test("nobody told, and a failure to know, are different things", async () => {
  let answer: Deliveries | number = 500;
  play(technical, () => answer);
  renderPage(<AlertPage alertId="a1" />, { permissions });
  const again = await screen.findByRole("button", { name: "Try again" });
  answer = { items: [], unreached: [], next: null };
  await userEvent.click(again);
  expect(await screen.findByText(/Nobody was told outside the portal/)).toBeTruthy();
});

test("an event about the alert asks for its deliveries anew", async () => {
  const calls = play(technical, () => ({ items: [], unreached: [], next: null }));
  renderPage(<AlertPage alertId="a1" />, { permissions });
  await told();
  const asked = () => calls.filter(({ path }) => path === "/alerts-deliveries").length;
  await waitFor(() => expect(asked()).toBe(1));
  act(() => receive("alerts", "alert_updated", { alert: { ...technical, count: 9 } }));
  await waitFor(() => expect(asked()).toBe(2));
});

test("the history tells each step with who, note and whether there was something to do", async () => {
  const person = { id: "u-bob", name: "Bob Lind" };
  const taken = alert({
    ...technical,
    status: "acknowledged",
    actionable: false,
    acknowledged_by: person,
    history: [
      { at: ago(14 * minute), action: "raised", by: null, note: null, value: null, people: [] },
      { at: ago(9 * minute), action: "escalated", by: null, note: null, value: null, people: [person] },
      { at: ago(2 * minute), action: "acknowledged", by: person, note: "restarted it", value: null, people: [] },
    ],
  });
  play(taken, () => ({ items: [], unreached: [], next: null }));
  renderPage(<AlertPage alertId="a1" />, { permissions });
  const steps = within(await screen.findByRole("region", { name: "History" })).getAllByRole("listitem");
  expect(steps[1]?.textContent).toContain("Escalated to Bob Lind");
  expect(steps[2]?.textContent).toContain("Acknowledged by Bob Lind · there was nothing to do");
  expect(steps[2]?.textContent).toContain("restarted it");
  expect(screen.getByText(/Acknowledged by Bob Lind/, { selector: "p" })).toBeTruthy();
});

test("a acknowledges", async () => {
  const calls = play(technical, () => ({ items: [], unreached: [], next: null }));
  renderPage(<AlertPage alertId="a1" />, { permissions });
  await told();
  await userEvent.keyboard("a");
  await userEvent.type(await screen.findByLabelText("Note (optional)"), "on it{Enter}");
  await waitFor(() =>
    expect(calls.find(({ method }) => method === "POST")).toMatchObject({
      path: "/alerts/a1/acknowledge",
      body: { note: "on it" },
    }),
  );
});

test("who may not acknowledge has no keys for it", async () => {
  play(technical, () => ({ items: [], unreached: [], next: null }));
  renderPage(<AlertPage alertId="a1" />, { permissions: ["alert:read"] });
  await screen.findByRole("heading", { name: "No worker lives" });
  await userEvent.keyboard("a");
  expect(screen.queryByLabelText("Note (optional)")).toBeNull();
  expect(screen.queryByRole("region", { name: "Who was told" })).toBeNull();
});
