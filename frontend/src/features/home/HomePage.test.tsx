import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { accessibilityFaults } from "../../testing/axe";
import { alert, observation } from "../../testing/clinical";
import { type FakeAnswer, playServer, renderPage } from "../../testing/fakeNetwork";
import { vitalSigns } from "../../testing/vitalSigns";
import { HomePage } from "./pages/HomePage";

const alice = { name: "Alice Albrecht", roles: ["patient"], patient_id: "alice" } as const;
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

function play(answers: Readonly<Record<string, FakeAnswer>>): void {
  playServer(({ path }) => answers[path] ?? (path === "/vital-signs" ? { items: vitalSigns } : 404));
}

test("values are said with unit, age and whether they are in range", async () => {
  play({
    "/patients/alice/latest": { items: [observation({ value: 72, effective_at: minutesAgo(4) })] },
    "/alerts": { items: [], next: null },
  });
  renderPage(<HomePage />, alice);
  const value = (await screen.findByRole("heading", { name: "Heart rate" })).closest("li");
  expect(value?.textContent).toMatch(/72 \/min.*In range.*4 minutes ago/);
  expect(await screen.findByText("Everything measured is in your range.")).toBeTruthy();
  expect(screen.getByRole("link", { name: "Add a measurement" })).toBeTruthy();
  expect(await accessibilityFaults()).toEqual([]);
});

test("an alert is said plainly, with who knows", async () => {
  play({
    "/patients/alice/latest": { items: [observation({ value: 134 })] },
    "/alerts": {
      items: [
        alert({ id: "1", code: "8310-5", breached: "high", condition_active: true, acknowledged_by: null }),
        alert({ id: "2", code: "8867-4", breached: "high", acknowledged_by: { id: "bob", name: "Bob" } }),
      ],
      next: null,
    },
  });
  renderPage(<HomePage />, alice);
  const alerts = within(await screen.findByRole("region", { name: "For your attention" }));
  expect(alerts.getByText("Your temperature is above your range.").closest("li")?.textContent).toContain(
    "Your care team has been told.",
  );
  expect(alerts.getByText(/Bob has seen it/)).toBeTruthy();
});

test("a value of last week says its age instead of being in range", async () => {
  play({
    "/patients/alice/latest": { items: [observation({ value: 72, effective_at: minutesAgo(7 * 24 * 60) })] },
    "/alerts": { items: [], next: null },
  });
  renderPage(<HomePage />, alice);
  const value = (await screen.findByRole("heading", { name: "Heart rate" })).closest("li");
  expect(value?.textContent).toContain("7 d");
  expect(value?.textContent).not.toContain("In range");
});

test("without a record nothing is asked for", async () => {
  play({});
  renderPage(<HomePage />, { ...alice, patient_id: null });
  expect(await screen.findByText("There is no health record for you yet")).toBeTruthy();
});
