import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import type { Observation } from "../../api/types";
import { observation } from "../../testing/clinical";
import { type FakeCall, playServer, renderPage } from "../../testing/fakeNetwork";
import { vitalSigns } from "../../testing/vitalSigns";

/** jsdom has no canvas: the plots' drawing surface is left out, everything around it is real. */
vi.mock("./PlotCanvas", () => ({ PlotCanvas: () => null, gutter: 0, timeAxisHeight: 0 }));

const { PatientCharts } = await import("./PatientCharts");

function play(latest: readonly Observation[], series: (code: string) => object | number): FakeCall[] {
  return playServer((call) => {
    if (call.path === "/vital-signs") return { items: vitalSigns };
    if (call.path.endsWith("/latest")) return { items: latest };
    if (call.path.endsWith("/series")) return series(call.query.get("code") ?? "");
    return 403;
  });
}

function raw(code: string, values: readonly number[]) {
  const end = Date.now() - 60_000;
  return {
    code,
    display: code,
    unit: "/min",
    start: new Date(0).toISOString(),
    end: new Date(end + 600_000).toISOString(),
    resolution: "raw",
    t: values.map((_, i) => end - (values.length - 1 - i) * 300_000),
    mean: values,
    min: values,
    max: values,
    count: values.map(() => 1),
    source: values.map(() => "d"),
    limits: null,
  };
}

const heart = observation({ value: 75, effective_at: new Date(Date.now() - 4 * 60_000).toISOString() });

beforeEach(() => localStorage.clear());

test("a panel says in words what its curve shows", async () => {
  play([heart], (code) => raw(code, [58, 96, 75]));
  renderPage(<PatientCharts patientId="alice" />);
  expect(await screen.findByText("Heart rate, last 24 hours: 58 to 96. Latest 75 /min, 4 minutes ago.")).toBeTruthy();
});

test("the table holds the same values", async () => {
  play([heart], (code) => raw(code, [58, 96, 75]));
  renderPage(<PatientCharts patientId="alice" />);
  await userEvent.click(await screen.findByRole("button", { name: "Table" }));
  const cells = await screen.findAllByRole("cell");
  expect(cells.map((cell) => cell.textContent)).toEqual(["75", "96", "58"]);
});

test("a longer range asks the server for a longer stretch", async () => {
  const calls = play([heart], (code) => raw(code, [70, 71, 72]));
  renderPage(<PatientCharts patientId="alice" />);
  await screen.findByRole("region", { name: "Heart rate" });
  await userEvent.click(screen.getByText("30 d"));
  await screen.findByText(/Heart rate, last 30 days/);
  const asked = calls.filter((call) => call.path.endsWith("/series")).at(-1)?.query;
  const span = Date.parse(asked?.get("end") ?? "") - Date.parse(asked?.get("start") ?? "");
  expect(span).toBeGreaterThan(30 * 86_400_000);
});

test("someone without staff's permissions asks for nothing that would be refused", async () => {
  const calls = play([heart], (code) => raw(code, [70, 71, 72]));
  renderPage(<PatientCharts patientId="alice" plain />, { roles: ["patient"], permissions: ["observation:read"] });
  await screen.findByText(/Heart rate, last 7 days/);
  const paths = new Set(calls.map((call) => call.path));
  expect([...paths].sort()).toEqual(["/patients/alice/latest", "/patients/alice/series", "/vital-signs"]);
});

test("a panel that fails says so beside those that work", async () => {
  play([heart, observation({ id: "o2", code: "2708-6" })], (code) =>
    code === "2708-6" ? 500 : raw(code, [70, 71, 72]),
  );
  renderPage(<PatientCharts patientId="alice" />);
  expect(await screen.findByText("These readings could not be loaded.")).toBeTruthy();
  expect(await screen.findByText(/Heart rate, last 24 hours/)).toBeTruthy();
});

test("without any measurement the next step is named", async () => {
  play([], () => 500);
  renderPage(<PatientCharts patientId="alice" />);
  expect(await screen.findByText("No measurements yet")).toBeTruthy();
});
