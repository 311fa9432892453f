import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { BurdenReport, BurdenRow } from "../../api/types";
import { accessibilityFaults } from "../../testing/axe";
import { playServer, renderPage } from "../../testing/fakeNetwork";
import { BurdenPage } from "./BurdenPage";
import { sorted } from "./order";
import { figure, minutes, share } from "./words";

const figures = {
  alerts: 12,
  patient_days: 6,
  per_patient_day: 2,
  high: 1,
  medium: 11,
  low: 0,
  in_time: 0.75,
  judged: 8,
  actionable: 0.25,
  said: 4,
  median_answer_s: 300,
};

function row(key: string, more: Partial<BurdenRow> = {}): BurdenRow {
  return { ...figures, key, name: key, busiest_patient: "alice", ...more };
}

function report(by: string, rows: readonly BurdenRow[], more: Partial<BurdenReport["total"]> = {}): BurdenReport {
  return {
    days: 30,
    by,
    targets_s: { high: 300, medium: 900, low: 3600 },
    total: { ...figures, ...more },
    trend: ["2026-01-30", "2026-01-31"].map((day) => ({ ...figures, day })),
    rows: [...rows],
  };
}

test("says how heavy the burden is, and leads to the limits to review", async () => {
  const calls = playServer((call) =>
    report(call.query.get("by") ?? "", [row("pulse"), row("weight", { per_patient_day: 5, name: "Weight" })]),
  );
  renderPage(<BurdenPage />);
  expect(await screen.findByText("12 alerts over 6 patient-days")).toBeTruthy();
  expect(screen.getByText("High within 5 min, medium 15, low 60")).toBeTruthy();
  const names = () => screen.getAllByRole("rowheader").map((cell) => cell.textContent);
  expect(names().filter((name) => name === "pulse" || name === "Weight")).toEqual(["Weight", "pulse"]);
  const user = userEvent.setup();
  await user.click(screen.getByRole("button", { name: "Per patient-day" }));
  expect(names().filter((name) => name === "pulse" || name === "Weight")).toEqual(["pulse", "Weight"]);
  await user.click(screen.getByText("Patient"));
  const link = await screen.findByRole("link", { name: "Review limits of Weight" });
  expect(link.getAttribute("href")).toBe("/patients/weight#limits");
  expect(calls.map((call) => call.query.toString())).toEqual(["days=30&by=rule", "days=30&by=patient"]);
  expect(await accessibilityFaults()).toEqual([]);
});

test("has its figures as a table, too", async () => {
  playServer(() => report("rule", []));
  renderPage(<BurdenPage />);
  const table = await screen.findByRole("table", { name: "Alerts per day", hidden: true });
  expect(within(table).getAllByRole("cell", { hidden: true })).toHaveLength(4);
});

test("an empty ledger says when it begins", async () => {
  playServer(() => report("rule", [], { patient_days: 0, alerts: 0 }));
  renderPage(<BurdenPage />);
  expect(await screen.findByText("Nothing to report yet")).toBeTruthy();
});

test("a failure can be tried again", async () => {
  playServer(() => 500);
  renderPage(<BurdenPage />);
  expect(await screen.findByRole("button", { name: /Try again/ })).toBeTruthy();
});

test("rows without a figure stand last in both directions", () => {
  const rows = [row("a", { in_time: null }), row("b", { in_time: 0.2 }), row("c", { in_time: 0.9 })];
  expect(sorted(rows, "in_time", false).map(({ key }) => key)).toEqual(["c", "b", "a"]);
  expect(sorted(rows, "in_time", true).map(({ key }) => key)).toEqual(["b", "c", "a"]);
});

test("figures are words", () => {
  expect([0.035, 0.42, 2.04, 12.4, 0, null].map(figure)).toEqual(["0.035", "0.42", "2.0", "12", "0", "–"]);
  expect([share(0.756), share(null)]).toEqual(["76 %", "–"]);
  expect([minutes(42), minutes(300), minutes(9000), minutes(null)]).toEqual(["42 s", "5 min", "2.5 h", "–"]);
});
