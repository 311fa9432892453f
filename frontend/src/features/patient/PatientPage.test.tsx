import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { Observation } from "../../api/types";
import { observation, patient } from "../../testing/clinical";
import { type FakeCall, playServer, renderPage } from "../../testing/fakeNetwork";
import { vitalSigns } from "../../testing/vitalSigns";
import { LimitsTab } from "../rules/LimitsTab";
import { MeasurementsTab } from "./MeasurementsTab";
import { PatientPage } from "./PatientPage";

const alice = patient({ risks: ["Falls"] });
const recent = (more: Partial<Observation> = {}) => observation({ effective_at: new Date().toISOString(), ...more });
const held = recent({
  id: "h",
  value: 301,
  status: "quarantined",
  quarantine_reason: "Heart rate above what is possible",
});
const rule = {
  code: "8867-4",
  display: "Heart rate",
  unit: "/min",
  low: 50,
  high: 120,
  critical_low: null,
  critical_high: null,
  source: "default",
};

function play(onWrite: (call: FakeCall) => object | number = () => 500): FakeCall[] {
  return playServer((call) => {
    if (call.method !== "GET") return onWrite(call);
    switch (call.path) {
      case "/patients/alice":
        return alice;
      case "/vital-signs":
        return { items: vitalSigns };
      case "/patients/alice/latest":
        return { items: [recent()] };
      case "/patients/alice/observations":
        return { items: call.query.get("status") === "quarantined" ? [held] : [recent()], next: null };
      case "/patients/alice/alert-rules":
        return { rules: [rule], combinations: [], stale: [], templates: [] };
      case "/alerts":
        return { items: [], next: null };
      default:
        return 403;
    }
  });
}

test("the header says who this is and what to beware of", async () => {
  play();
  renderPage(<PatientPage patientId="alice" />);
  expect(await screen.findByRole("heading", { level: 1, name: "Alice Albrecht" })).toBeTruthy();
  expect(screen.getByText("Feb 1, 1946")).toBeTruthy();
  expect(within(screen.getByRole("list", { name: "Risks" })).getByText("Falls")).toBeTruthy();
});

test("a patient who does not exist, or is not shared, is told apart from a broken server", async () => {
  playServer(() => 404);
  renderPage(<PatientPage patientId="nobody" />);
  expect(await screen.findByText("This patient is not here")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
});

test("staff see held-back readings with their reason, struck through", async () => {
  play();
  renderPage(<MeasurementsTab patientId="alice" onMeasure={null} />);
  const row = (await screen.findByText("Heart rate above what is possible")).closest("tr");
  expect(row?.dataset.status).toBe("quarantined");
});

test("those who may not review never ask for held-back readings", async () => {
  const calls = play();
  renderPage(<MeasurementsTab patientId="alice" onMeasure={null} />, { permissions: ["observation:read"] });
  await screen.findByText("72");
  expect(calls.some((call) => call.query.get("status") === "quarantined")).toBe(false);
  expect(screen.queryByRole("button", { name: /as in error/ })).toBeNull();
});

test("marking in error needs a reason and sends it", async () => {
  const calls = play(() => recent({ status: "entered-in-error" }));
  renderPage(<MeasurementsTab patientId="alice" onMeasure={null} />);
  const user = userEvent.setup();
  const row = (await screen.findByText("72")).closest("tr");
  if (!row) expect.fail("no row");
  await user.click(within(row).getByRole("button", { name: /Mark Heart rate/ }));
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByRole("button", { name: "Mark as in error" }));
  expect(await screen.findByText("Say in a few words what was wrong.")).toBeTruthy();
  await user.type(within(dialog).getByRole("textbox"), "Wrong patient");
  await user.click(within(dialog).getByRole("button", { name: "Mark as in error" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(calls.find((call) => call.method === "POST")).toMatchObject({
    path: "/observations/o1/mark-in-error",
    body: { reason: "Wrong patient" },
  });
});

test("limits out of order cannot be saved, a failed save keeps what was typed", async () => {
  const calls = play(() => 500);
  renderPage(<LimitsTab patientId="alice" />);
  const user = userEvent.setup();
  const low = await screen.findByLabelText<HTMLInputElement>("Heart rate, Low");
  await user.clear(low);
  await user.type(low, "130");
  expect(await screen.findByText("Limits must rise from critical low to critical high.")).toBeTruthy();
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Save 1 change" }).disabled).toBe(true);
  await user.clear(low);
  await user.type(low, "55");
  await user.click(screen.getByRole("button", { name: "Save 1 change" }));
  expect(await screen.findByText(/were not saved; your changes are still here/)).toBeTruthy();
  expect(low.value).toBe("55");
  expect(calls.find((call) => call.method === "PUT")?.body).toEqual({
    rules: [{ code: "8867-4", low: 55, high: 120, critical_low: null, critical_high: null, rate: null }],
  });
});
