import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { accessibilityFaults } from "../../testing/axe";
import { alert } from "../../testing/clinical";
import { type FakeCall, playServer, renderPage } from "../../testing/fakeNetwork";
import { AlertInbox } from "./AlertInbox";
import type { Storm } from "./queries";

const urgent = alert({ id: "a1", patient_name: "Alice Albrecht" });
const member = alert({ id: "s1", priority: "medium", storm_id: "st1", patient_name: "Bea Berg" });
const storm: Storm = {
  id: "st1",
  priority: "medium",
  first_at: "2026-11-23T09:58:00.000Z",
  last_at: "2026-11-23T09:59:00.000Z",
  count: 214,
  patients: 120,
  devices: 4,
  waiting: ["s1", "s2"],
  parts: [
    { title: "Heart rate above range", count: 180 },
    { title: "Oxygen saturation below range", count: 34 },
  ],
};

function play(onAct: (call: FakeCall) => object | number = () => 500): FakeCall[] {
  return playServer((call) => {
    if (call.method === "POST") return onAct(call);
    const asked = call.query;
    if (asked.get("storm_id")) return { items: [member], storms: [], next: null };
    if (asked.get("priority") === "high") return { items: [urgent], storms: [], next: null };
    return { items: [urgent], storms: [storm], next: null };
  });
}

test("a storm is one row below what is urgent, and opens", async () => {
  play();
  renderPage(<AlertInbox onFold={() => undefined} />);
  const row = await screen.findByRole("button", { name: /214 alerts in/ });
  expect(row.textContent).toContain("180 Heart rate above range · 34 Oxygen saturation below range");
  expect(row.textContent).toContain("from 4 devices");
  const first = screen.getByText("Alice Albrecht");
  expect(first.compareDocumentPosition(row) & Node.DOCUMENT_POSITION_FOLLOWING).toBeTruthy();
  expect(screen.getAllByText("Alice Albrecht")).toHaveLength(1);
  expect(screen.queryByText("Bea Berg")).toBeNull();
  expect(await accessibilityFaults()).toEqual([]);
  await userEvent.click(row);
  expect(row.getAttribute("aria-expanded")).toBe("true");
  expect(await screen.findByText("Bea Berg")).toBeTruthy();
  expect(await accessibilityFaults()).toEqual([]);
});

test("a storm is acknowledged with one request, and what was left is said", async () => {
  const calls = play(() => ({ acknowledged: ["s1"], left: ["s2"] }));
  renderPage(<AlertInbox onFold={() => undefined} />);
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: "Acknowledge 2 alerts" }));
  await user.type(await screen.findByLabelText("Note (optional)"), "gateway restarted");
  await user.click(screen.getByRole("button", { name: "Acknowledge" }));
  expect(await screen.findByText(/^1 was left as it was/)).toBeTruthy();
  await waitFor(() =>
    expect(calls.find((call) => call.method === "POST")).toMatchObject({
      path: "/alerts/acknowledge",
      body: { ids: ["s1", "s2"], note: "gateway restarted" },
    }),
  );
});

test("thousands are acknowledged in parts, and a failure in between goes on where it stopped", async () => {
  const waiting = Array.from({ length: 900 }, (_, number) => `s${number}`);
  let failures = 0;
  const calls = playServer((call) => {
    if (call.method === "GET") return { items: [], storms: [{ ...storm, waiting }], next: null };
    const { ids } = call.body as { ids: string[] };
    if (ids[0] === "s400" && failures === 0) {
      failures += 1;
      return 503;
    }
    return { acknowledged: ids.filter((id) => id !== "s3"), left: ids.filter((id) => id === "s3") };
  });
  renderPage(<AlertInbox onFold={() => undefined} />);
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: "Acknowledge 900 alerts" }));
  await user.click(await screen.findByRole("button", { name: "Acknowledge" }));
  await screen.findByRole("alert");
  await user.click(screen.getByRole("button", { name: "Acknowledge" }));
  expect(await screen.findByText(/^1 was left as it was/)).toBeTruthy();
  const sent = calls.filter((call) => call.method === "POST").map((call) => (call.body as { ids: string[] }).ids);
  expect(sent.map((ids) => [ids[0], ids.length])).toEqual([
    ["s0", 400],
    ["s400", 400],
    ["s400", 400],
    ["s800", 100],
  ]);
});
