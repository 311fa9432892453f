import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { Ladders, Me } from "../../api/types";
import { accessibilityFaults } from "../../testing/axe";
import { type FakeAnswer, type FakeCall, playServer, Refusal, renderPage } from "../../testing/fakeNetwork";
import { ladders } from "../../testing/onCall";
import { EscalationPage } from "./EscalationPage";

const admin: Partial<Me> = { permissions: ["escalation_ladder:read", "escalation_ladder:update"] };

function play(onWrite: (call: FakeCall) => FakeAnswer, stored: () => Ladders = () => ladders): FakeCall[] {
  return playServer((call) => (call.method === "PUT" ? onWrite(call) : stored()));
}

const sent = (calls: readonly FakeCall[]) => calls.find((call) => call.method === "PUT")?.body as Ladders | undefined;

test("ladders are said in words, and professionals only read them", async () => {
  play(() => 500);
  renderPage(<EscalationPage />, { permissions: ["escalation_ladder:read"] });
  const ladder = await screen.findByRole("article", { name: "All others" });
  expect(ladder.textContent).toContain("Every kind of alert, high and medium priority");
  const steps = within(ladder).getAllByRole("listitem");
  expect(steps.map((step) => step.textContent)).toEqual([
    "At onceNurse on call",
    "After 1 hour 30 minutesDoctor on call and the patient's care team",
  ]);
  expect(ladder.textContent).toContain("told again every 5 minutes");
  expect(screen.queryByRole("button", { name: "Edit ladders" })).toBeNull();
  expect(await accessibilityFaults()).toEqual([]);
});

test("an admin moves a ladder, adds a step and saves with the revision that was read", async () => {
  const calls = play((call) => ({ ...(call.body as Ladders), revision: 3 }));
  renderPage(<EscalationPage />, admin);
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: "Edit ladders" }));
  await user.click(screen.getByRole("button", { name: "Move Silent device down" }));
  expect(screen.getByText("Silent device is number 2 now.")).toBeTruthy();
  const device = screen.getByRole("group", { name: "Silent device" });
  await user.click(within(device).getByRole("button", { name: "Add a step" }));
  await user.type(within(device).getByRole("textbox", { name: /^Tell again every/ }), "20");
  expect(await accessibilityFaults()).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Save ladders" }));
  expect(await screen.findByText(/^The ladders are saved/)).toBeTruthy();
  expect(sent(calls)?.revision).toBe(2);
  expect(sent(calls)?.ladders.map(({ id }) => id)).toEqual(["high", "device"]);
  expect(sent(calls)?.ladders[1]).toMatchObject({
    repeat_minutes: 20,
    steps: [
      { after_minutes: 0, tell: ["admins"] },
      { after_minutes: 10, tell: ["all_nurses"] },
    ],
  });
});

test("the server's refusal is said as it gives it, at its ladder", async () => {
  play(
    () =>
      new Refusal(422, "The steps of All others must follow each other.", [
        { loc: ["ladders", "1", "steps"], msg: "each later than the one before" },
      ]),
  );
  renderPage(<EscalationPage />, admin);
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: "Edit ladders" }));
  await user.click(screen.getByRole("button", { name: "Save ladders" }));
  expect((await screen.findByRole("alert")).textContent).toContain("The steps of All others must follow each other.");
  const ladder = screen.getByRole("group", { name: "All others" });
  expect(within(ladder).getByText("each later than the one before")).toBeTruthy();
});

test("newer ladders of somebody else can be loaded", async () => {
  let stored = ladders;
  play(
    () => 409,
    () => stored,
  );
  renderPage(<EscalationPage />, admin);
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: "Edit ladders" }));
  stored = { ladders: ladders.ladders.map((ladder) => ({ ...ladder, title: `${ladder.title} 2` })), revision: 5 };
  await user.click(screen.getByRole("button", { name: "Save ladders" }));
  await user.click(await screen.findByRole("button", { name: "Load the newer ones" }));
  await waitFor(() => expect(screen.getByRole("group", { name: "Silent device 2" })).toBeTruthy());
});
