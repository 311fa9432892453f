import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { ago, alert, minute } from "../../testing/clinical";
import { playServer, renderPage } from "../../testing/fakeNetwork";
import { bob, dana } from "../../testing/onCall";
import { AlertHistory } from "./AlertHistory";
import { AlertList } from "./AlertList";

const told = { at: ago(5 * minute), action: "told", by: null, note: null, value: null, people: [bob] };
const escalated = { ...told, at: ago(minute), action: "escalated", people: [dana] };

test("the history says who was told, and why a step did not wait", () => {
  const history = [told, escalated, { ...escalated, at: ago(0), note: "unreachable" }, { ...told, people: [] }];
  render(<AlertHistory alert={alert({ history })} heading="h2" />);
  const lines = screen.getAllByRole("listitem").map((item) => item.querySelector("div")?.textContent);
  expect(lines).toEqual([
    "Told: Bob Lind",
    "Escalated to Dana Okafor",
    "Escalated to Dana Okafor (nobody before could be reached)",
    "There was nobody to tell",
  ]);
});

test("an alert that went past its first step is marked", async () => {
  playServer(() => 404);
  renderPage(<AlertList alerts={[alert({ escalation_level: 1 }), alert({ id: "a2", escalation_level: 2 })]} />);
  expect(await screen.findAllByText("Escalated")).toHaveLength(1);
});
