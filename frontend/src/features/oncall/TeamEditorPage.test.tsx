import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { Me, OnCallTeam } from "../../api/types";
import { accessibilityFaults } from "../../testing/axe";
import { patient } from "../../testing/clinical";
import { type FakeAnswer, type FakeCall, playServer, Refusal, renderPage } from "../../testing/fakeNetwork";
import { colleagues, team } from "../../testing/onCall";
import { TeamEditorPage } from "./TeamEditorPage";

const admin: Partial<Me> = { roles: ["admin"], permissions: ["on_call:read", "on_call:update", "patient:read"] };

function play(teams: () => readonly OnCallTeam[], onWrite: (call: FakeCall) => FakeAnswer): FakeCall[] {
  return playServer((call) => {
    if (call.method !== "GET") return onWrite(call);
    if (call.path === "/on-call/teams") return { items: teams() };
    if (call.path === "/colleagues") return colleagues;
    if (call.path === "/patients") return { items: [patient()], next: null };
    if (call.path === "/patients/alice") return patient();
    return 404;
  });
}

const written = (calls: readonly FakeCall[]) => calls.find((call) => call.method !== "GET");
const save = () => screen.getByRole("button", { name: "Save" });

test("a new team with a shift is sent as it was entered", async () => {
  const calls = play(
    () => [],
    () => team(),
  );
  const { router } = renderPage(<TeamEditorPage teamId={null} />, admin);
  const user = userEvent.setup();
  await user.type(await screen.findByRole("textbox", { name: "Name" }), "Night team");
  await user.type(screen.getByRole("combobox", { name: "Wards" }), "West{Enter}");
  await user.click(screen.getByRole("combobox", { name: "Named patients" }));
  await user.click(await screen.findByRole("option", { name: /Alice Albrecht/, hidden: true }));
  await user.click(screen.getByRole("button", { name: "Add a nurses' shift" }));
  const shift = screen.getByRole("group", { name: "Shift 1" });
  for (const name of ["Bob Lind", "Nina Costa"]) {
    await user.click(within(shift).getByRole("combobox", { name: "Add a person" }));
    await user.click(await screen.findByRole("option", { name, hidden: true }));
  }
  await user.click(within(shift).getByText("A day each"));
  await user.click(within(shift).getByRole("checkbox", { name: "Monday" }));
  expect(within(shift).getByText(/^On Monday from 08:00 to 08:00 the next day, one nurse is on call/)).toBeTruthy();
  expect(within(shift).getByText("24 hours: ends the next day at the same time")).toBeTruthy();
  expect(await accessibilityFaults()).toEqual([]);
  await user.click(save());
  await waitFor(() => expect(router.state.location.pathname).toBe("/on-call"));
  expect(written(calls)).toMatchObject({
    method: "POST",
    path: "/on-call/teams",
    body: {
      title: "Night team",
      for_everybody: true,
      wards: ["West"],
      patient_ids: ["alice"],
      shifts: [{ role: "nurse", people: ["u-bob", "u-nina"], turns: "daily", weekdays: ["mon"] }],
    },
  });
});

test("the order of turns is changed by button and by keyboard, and said", async () => {
  const calls = play(
    () => [team()],
    () => team(),
  );
  renderPage(<TeamEditorPage teamId="tm_1" />, admin);
  const user = userEvent.setup();
  const down = await screen.findByRole("button", { name: "Move Bob Lind down" });
  await user.click(down);
  expect(screen.getByText("Bob Lind is number 2 now.")).toBeTruthy();
  screen.getByRole("button", { name: "Move Bob Lind up" }).focus();
  await user.keyboard("{Alt>}{ArrowUp}{/Alt}");
  expect(screen.getByText("Bob Lind is number 1 now.")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Remove Nina Costa" }));
  await user.click(save());
  await waitFor(() =>
    expect(written(calls)).toMatchObject({ method: "PUT", body: { revision: 3, shifts: [{ people: ["u-bob"] }, {}] } }),
  );
});

test("what the server complains of stands at its field", async () => {
  play(
    () => [team()],
    () =>
      new Refusal(422, "The request does not fit its schema.", [
        { loc: ["title"], msg: "String should have at least 1 character" },
        { loc: ["shifts", "1", "people"], msg: "not a doctor" },
        { loc: ["wards", "0"], msg: "each has one team" },
      ]),
  );
  renderPage(<TeamEditorPage teamId="tm_1" />, admin);
  const user = userEvent.setup();
  await user.clear(await screen.findByRole("textbox", { name: "Name" }));
  await user.click(save());
  expect(await screen.findByText("String should have at least 1 character")).toBeTruthy();
  expect(within(screen.getByRole("group", { name: "Shift 2" })).getByText("not a doctor")).toBeTruthy();
  expect(screen.getByText("each has one team")).toBeTruthy();
  expect(screen.getByRole("alert").textContent).toContain("Nothing was saved.");
  expect(await accessibilityFaults()).toEqual([]);
});

test("when somebody else was first their version can be loaded", async () => {
  let stored = team();
  const calls = play(
    () => [stored],
    (call) => ((call.body as { revision: number }).revision === stored.revision ? stored : 409),
  );
  renderPage(<TeamEditorPage teamId="tm_1" />, admin);
  const user = userEvent.setup();
  const name = await screen.findByRole<HTMLInputElement>("textbox", { name: "Name" });
  await user.type(name, " of mine");
  stored = team({ title: "Their team", revision: 4 });
  await user.click(save());
  expect(await screen.findByText(/Somebody else changed this team/)).toBeTruthy();
  expect(name.value).toBe("Ward team of mine");
  await user.click(screen.getByRole("button", { name: "Load the newer one" }));
  await screen.findByDisplayValue("Their team");
  await user.click(save());
  await waitFor(() => expect(calls.filter((call) => call.method === "PUT")).toHaveLength(2));
  expect(calls.filter((call) => call.method === "PUT")[1]?.body).toMatchObject({ title: "Their team", revision: 4 });
});

test("a team is deleted after a question", async () => {
  const calls = play(
    () => [team()],
    () => ({}),
  );
  const { router } = renderPage(<TeamEditorPage teamId="tm_1" />, admin);
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: "Delete team" }));
  const dialog = await screen.findByRole("dialog", { name: "Delete Ward team?" });
  expect(await accessibilityFaults()).toEqual([]);
  await user.click(within(dialog).getByRole("button", { name: "Delete team" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/on-call"));
  expect(written(calls)).toMatchObject({ method: "DELETE", path: "/on-call/teams/tm_1" });
});

test("who may not change teams is told so", async () => {
  play(
    () => [team()],
    () => 500,
  );
  renderPage(<TeamEditorPage teamId="tm_1" />, { permissions: ["on_call:read"] });
  expect(await screen.findByText(/Your role does not allow this/)).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Save" })).toBeNull();
});
