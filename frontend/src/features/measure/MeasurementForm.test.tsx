import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import type { Observation } from "../../api/types";
import { accessibilityFaults } from "../../testing/axe";
import { observation } from "../../testing/clinical";
import { type FakeAnswer, type FakeCall, playServer, renderPage } from "../../testing/fakeNetwork";
import { vitalSigns } from "../../testing/vitalSigns";
import { MeasurementForm } from "./MeasurementForm";

const pressure = observation({
  code: "85354-9",
  display: "Blood pressure",
  value: null,
  unit: null,
  components: [
    { code: "8480-6", display: "Systolic", value: 138, unit: "mm[Hg]", data_absent_reason: null },
    { code: "8462-4", display: "Diastolic", value: 88, unit: "mm[Hg]", data_absent_reason: null },
  ],
});

function play(onPost: (call: FakeCall) => FakeAnswer): FakeCall[] {
  return playServer((call) => {
    if (call.method === "POST") return onPost(call);
    if (call.path === "/vital-signs") return { items: vitalSigns };
    return 404;
  });
}

const posted = (calls: readonly FakeCall[]) => calls.filter((call) => call.method === "POST");

test("Alice enters a blood pressure, looks again, and saves it", async () => {
  const calls = play(() => pressure);
  const saved = vi.fn<(observation: Observation) => void>();
  renderPage(<MeasurementForm patientId="alice" plain onSaved={saved} />);
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: "Blood pressure" }));
  await user.type(screen.getByLabelText(/Upper number/), "138");
  await user.type(screen.getByLabelText(/Lower number/), "88");
  await user.click(screen.getByRole("button", { name: "Check" }));
  expect(posted(calls)).toEqual([]);
  expect(screen.getByText("138/88")).toBeTruthy();
  expect(await accessibilityFaults()).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Save measurement" }));
  expect(await screen.findByRole("heading", { name: "Saved" })).toBeTruthy();
  expect(posted(calls)[0]?.body).toEqual({
    code: "85354-9",
    components: [
      { code: "8480-6", value: 138, unit: "mm[Hg]" },
      { code: "8462-4", value: 88, unit: "mm[Hg]" },
    ],
  });
  await user.click(screen.getByRole("button", { name: "Done" }));
  expect(saved).toHaveBeenCalledWith(pressure);
});

test("an impossible number is refused where it stands, an unusual one only hinted at", async () => {
  const calls = play(() => pressure);
  renderPage(<MeasurementForm patientId="alice" plain code="8310-5" onSaved={vi.fn()} />);
  const user = userEvent.setup();
  const field = await screen.findByLabelText(/Temperature/);
  await user.type(field, "98.6");
  await user.click(screen.getByRole("button", { name: "Check" }));
  expect(screen.getByText("This must be less than 50 °C.")).toBeTruthy();
  expect(document.activeElement).toBe(field);
  await user.clear(field);
  await user.type(field, "39,5");
  expect(screen.getByText(/higher than your range/)).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Check" }));
  expect(screen.getByRole("button", { name: "Save measurement" })).toBeTruthy();
  expect(posted(calls)).toEqual([]);
});

test("when saving fails, what was entered is still there and can be sent again", async () => {
  let failures = 1;
  play(() => (failures-- > 0 ? 503 : observation({ value: 72 })));
  renderPage(<MeasurementForm patientId="alice" plain code="8867-4" onSaved={vi.fn()} />);
  const user = userEvent.setup();
  await user.type(await screen.findByLabelText(/Heart rate/), "72");
  await user.click(screen.getByRole("button", { name: "Check" }));
  await user.click(screen.getByRole("button", { name: "Save measurement" }));
  expect(await screen.findByText(/Not saved. What you entered is still here/)).toBeTruthy();
  expect(screen.getByText("72")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Save measurement" }));
  expect(await screen.findByRole("heading", { name: "Saved" })).toBeTruthy();
});

test("Bob saves at once", async () => {
  const calls = play(() => observation({ value: 72 }));
  renderPage(<MeasurementForm patientId="alice" compact onSaved={vi.fn()} />);
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: "Heart rate" }));
  await user.type(screen.getByLabelText(/Heart rate/), "72{Enter}");
  await waitFor(() => expect(posted(calls)).toHaveLength(1));
  expect(await accessibilityFaults()).toEqual([]);
});
