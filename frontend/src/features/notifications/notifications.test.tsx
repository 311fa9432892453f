import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { Deliveries, NotificationSettings } from "../../api/types";
import { accessibilityFaults } from "../../testing/axe";
import { type FakeCall, playServer, renderPage } from "../../testing/fakeNetwork";
import { DeliveriesCard } from "./DeliveriesCard";
import { FailedPage } from "./FailedPage";
import { NotificationsPanel } from "./NotificationsPanel";

const settings: NotificationSettings = {
  channels: [
    { channel: "web_push", display: "Browser", high: true, medium: true, low: true, reachable: false },
    { channel: "email", display: "E-mail", high: true, medium: true, low: false, reachable: true },
  ],
  quiet_hours: null,
  email: "bob@example.org",
  phone: null,
  push_subscriptions: [{ id: "s1", service: "push.example.org", created_at: "2026-11-01T10:00:00Z" }],
};

function play(answers: Readonly<Record<string, object | number>> = {}): FakeCall[] {
  return playServer((call) => answers[`${call.method} ${call.path}`] ?? (call.method === "GET" ? settings : {}));
}

test("the page shows what holds, offers what is set up, and is accessible", async () => {
  play();
  renderPage(<NotificationsPanel />);
  expect(await screen.findByText("bob@example.org")).toBeTruthy();
  expect(await screen.findByText(/This browser cannot show messages here/)).toBeTruthy();
  expect(screen.queryByText("Text messages")).toBeNull();
  expect(await accessibilityFaults()).toEqual([]);
});

test("priorities and quiet hours are saved together", async () => {
  const calls = play();
  renderPage(<NotificationsPanel />);
  const user = userEvent.setup();
  await user.click(await screen.findByRole("checkbox", { name: "E-mail for Medium priority" }));
  await user.click(screen.getByRole("switch"));
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(calls.some((call) => call.method === "PUT")).toBe(true));
  expect(calls.find((call) => call.method === "PUT")?.body).toMatchObject({
    channels: [
      { channel: "web_push", high: true, medium: true, low: true },
      { channel: "email", high: true, medium: false, low: false },
    ],
    quiet_hours: { start: "22:00", end: "07:00" },
  });
});

test("who would be reached by nothing urgent is told", async () => {
  play();
  renderPage(<NotificationsPanel />);
  const user = userEvent.setup();
  await user.click(await screen.findByRole("checkbox", { name: "E-mail for High priority" }));
  await user.click(screen.getByRole("checkbox", { name: "Browser for High priority" }));
  expect(screen.getByText("Nothing urgent would reach you when this page is closed.")).toBeTruthy();
});

test("an address is confirmed by the code that was sent there; a wrong code keeps it open", async () => {
  let isRight = false;
  const calls = playServer((call) => {
    if (call.path === "/me/email/confirm") return isRight ? {} : 422;
    return call.method === "GET" ? settings : {};
  });
  renderPage(<NotificationsPanel />);
  const user = userEvent.setup();
  await user.type(await screen.findByLabelText("Another address instead"), " bob@new.example ");
  await user.click(screen.getByRole("button", { name: "Send a code" }));
  const code = await screen.findByLabelText("The six digits that were sent to bob@new.example");
  await user.type(code, "111111");
  await user.click(screen.getByRole("button", { name: "Confirm" }));
  expect(await screen.findByText(/Played failure/)).toBeTruthy();
  isRight = true;
  await user.clear(code);
  await user.type(code, "222222");
  await user.click(screen.getByRole("button", { name: "Confirm" }));
  await screen.findByLabelText("Another address instead");
  expect(calls.filter((call) => call.path === "/me/email").map((call) => call.body)).toEqual([
    { address: "bob@new.example" },
  ]);
});

test("another browser is removed, and a test is sent", async () => {
  const calls = play({ "POST /me/notifications/test": { channels: ["E-mail"] } });
  renderPage(<NotificationsPanel />);
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: "Remove the browser at push.example.org" }));
  await user.click(screen.getByRole("button", { name: "Send me a test" }));
  expect(await screen.findByText("Sent: E-mail. It should arrive within a minute.")).toBeTruthy();
  expect(calls.some((call) => call.method === "DELETE" && call.path === "/me/push-subscriptions/s1")).toBe(true);
});

const deliveries: Deliveries = {
  items: [
    {
      user_id: "u1",
      user_name: "Bob Lindqvist",
      channel: "email",
      kind: "alert",
      priority: "high",
      state: "delivered",
      attempts: 1,
      requested_at: "2026-11-23T10:00:00Z",
      ended_at: "2026-11-23T10:00:01Z",
      next_attempt_at: null,
      error: null,
    },
    {
      user_id: "u2",
      user_name: "Dana Okafor",
      channel: "pager",
      kind: "alert",
      priority: "high",
      state: "waiting",
      attempts: 2,
      requested_at: "2026-11-23T10:05:00Z",
      ended_at: null,
      next_attempt_at: null,
      error: "no answer: timeout",
    },
  ],
  unreached: [{ user_id: "u3", user_name: "Nina Castellanos", requested_at: "2026-11-23T10:05:00Z" }],
  next: null,
};

test("an alert shows who was told by which channel, and who has no address", async () => {
  play({ "GET /alerts-deliveries": deliveries });
  renderPage(<DeliveriesCard alertId="a1" heading="h2" />, { permissions: ["notification:read"] });
  expect(await screen.findByText("Bob Lindqvist")).toBeTruthy();
  expect(screen.getByText(/Delivered/)).toBeTruthy();
  expect(screen.getByText("no answer: timeout")).toBeTruthy();
  expect(screen.getByText("No address: Nina Castellanos.")).toBeTruthy();
  expect(await accessibilityFaults()).toEqual([]);
});

test("patients are not shown whom the house has told, and do not ask", async () => {
  const calls = play({ "GET /alerts-deliveries": deliveries });
  renderPage(<DeliveriesCard alertId="a1" heading="h2" />, { permissions: ["alert:read"] });
  await new Promise((done) => setTimeout(done, 50));
  expect(calls.some((call) => call.path === "/alerts-deliveries")).toBe(false);
});

test("what was given up is listed with its reason", async () => {
  const row = {
    ...deliveries.items[1],
    id: "d1",
    state: "failed",
    address: "b…@example.org",
    ended_at: "2026-11-23T10:00:00Z",
  };
  play({ "GET /notifications/failed": { items: [row], next: null } });
  renderPage(<FailedPage />);
  expect(await screen.findByText("no answer: timeout")).toBeTruthy();
  expect(await accessibilityFaults()).toEqual([]);
});
