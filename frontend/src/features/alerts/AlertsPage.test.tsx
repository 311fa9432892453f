import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import type { Alert } from "../../api/types";
import { alert } from "../../testing/clinical";
import { type FakeCall, playServer, receive, renderPage } from "../../testing/fakeNetwork";
import { AlertActions } from "./AlertActions";
import { AlertAnnouncer } from "./AlertAnnouncer";
import { AlertsPage } from "./AlertsPage";
import { snoozes } from "./order";

const second = alert({ id: "a2", title: "Glucose below range", patient_name: "Bea Berg", priority: "low" });

function play(alerts: readonly Alert[], onAct: (call: FakeCall) => object | number = () => 500): FakeCall[] {
  return playServer((call) => {
    if (call.method === "POST") return onAct(call);
    return call.path === "/alerts" ? { items: alerts, next: null } : { items: [], rules: [], next: null };
  });
}

const current = () => document.querySelector("[aria-current=true]")?.textContent;

/** A narrow screen: the list alone, no story with its charts beside it. */
beforeEach(() => {
  vi.stubGlobal("matchMedia", (media: string) => ({
    matches: false,
    media,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
});

test("acknowledging by keyboard asks for a note and sends it", async () => {
  const calls = play([alert(), second], () => alert({ status: "acknowledged" }));
  renderPage(<AlertsPage />);
  const user = userEvent.setup();
  await screen.findByText("Glucose below range");
  await user.keyboard("a");
  await user.type(await screen.findByLabelText("Note (optional)"), "at the bedside{Enter}");
  await screen.findByText(/^Acknowledged/);
  expect(calls.find((call) => call.method === "POST")).toMatchObject({
    path: "/alerts/a1/acknowledge",
    body: { note: "at the bedside" },
  });
});

test("letters typed into the search are text, not commands", async () => {
  play([alert(), second]);
  renderPage(<AlertsPage />);
  const user = userEvent.setup();
  await screen.findByText("Glucose below range");
  await user.type(screen.getByRole("searchbox"), "bear");
  expect(screen.queryByLabelText("Note (optional)")).toBeNull();
  expect(await screen.findByText("No alert matches")).toBeTruthy();
});

test("a refusal keeps the dialog and the note", async () => {
  play([alert()], () => 409);
  renderPage(<AlertsPage />);
  const user = userEvent.setup();
  await screen.findByText("Heart rate above range");
  await user.keyboard("r");
  await user.type(await screen.findByLabelText("Note (optional)"), "gone{Enter}");
  expect(await screen.findByText(/Nothing was changed/)).toBeTruthy();
  expect(screen.getByLabelText<HTMLTextAreaElement>("Note (optional)").value).toBe("gone");
});

test("an alert raised elsewhere appears, one resolved elsewhere leaves the open list", async () => {
  play([alert()]);
  renderPage(<AlertsPage />);
  await screen.findByText("Heart rate above range");
  act(() => receive("alerts", "alert_raised", { alert: second }));
  await screen.findByText("Glucose below range");
  act(() => receive("alerts", "alert_resolved", { alert: alert({ status: "resolved" }) }));
  await waitFor(() => expect(screen.queryByText("Heart rate above range")).toBeNull());
});

test("nothing open is said in calm words", async () => {
  play([]);
  renderPage(<AlertsPage />);
  expect(await screen.findByText("No open alerts")).toBeTruthy();
  expect(current()).toBeUndefined();
});

test("a high alert is spoken at once, a lower one when there is time", async () => {
  play([]);
  renderPage(<AlertAnnouncer />);
  await screen.findByRole("alert");
  act(() => receive("alerts", "alert_raised", { alert: alert() }));
  expect(screen.getByRole("alert").textContent).toBe(
    "Alert: Heart rate above range, Alice Albrecht, 134 /min, limit 120 /min",
  );
  act(() => receive("alerts", "alert_raised", { alert: second }));
  expect(screen.getByRole("status").textContent).toContain("Glucose below range");
  expect(screen.getByRole("alert").textContent).not.toContain("Glucose");
});

test("the message of a high alert stays until hidden or taken on", async () => {
  play([]);
  renderPage(<AlertAnnouncer />);
  await screen.findByRole("alert");
  act(() => receive("alerts", "alert_raised", { alert: alert() }));
  await userEvent.click(await screen.findByRole("button", { name: "Hide this message" }));
  expect(screen.queryByRole("link", { name: /Heart rate above range/ })).toBeNull();
});

test("a snooze says until when and by whom, and anybody may end it", async () => {
  const snoozed = alert({
    status: "snoozed",
    snoozed_until: "2099-01-01T10:00:00.000Z",
    snoozed_by: { id: "u2", name: "Bob Lind" },
  });
  const calls = play([alert({ priority: "medium" })], () => snoozed);
  renderPage(<AlertActions alert={alert({ priority: "medium" })} />);
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: "Snooze" }));
  await user.click(await screen.findByRole("menuitem", { name: "For 30 min" }));
  await waitFor(() =>
    expect(calls.find((call) => call.method === "POST")).toMatchObject({
      path: "/alerts/a1/snooze",
      body: { minutes: 30 },
    }),
  );
});

test("an urgent alert is snoozed for an hour at the most", () => {
  expect(Math.max(...snoozes(alert({ priority: "high" })))).toBe(60);
  expect(Math.max(...snoozes(alert({ priority: "low" })))).toBeLessThanOrEqual(1440);
});

test("an acknowledgement may say whether there was something to do", async () => {
  const calls = play([alert()], () => alert({ status: "acknowledged" }));
  renderPage(<AlertsPage />);
  const user = userEvent.setup();
  await screen.findByText("Heart rate above range");
  await user.keyboard("a");
  await user.click(await screen.findByText("No"));
  await user.click(screen.getByRole("button", { name: "Acknowledge" }));
  await waitFor(() =>
    expect(calls.find((call) => call.method === "POST")).toMatchObject({ body: { actionable: false } }),
  );
});
