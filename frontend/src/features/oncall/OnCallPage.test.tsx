import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Me, OnCallTeam } from "../../api/types";
import { accessibilityFaults } from "../../testing/axe";
import { hour, now } from "../../testing/clinical";
import { type FakeAnswer, type FakeCall, playServer, Refusal, renderPage } from "../../testing/fakeNetwork";
import { ahead, bob, colleagues, layout, nina, team } from "../../testing/onCall";
import { OnCallPage } from "./OnCallPage";

const nurse: Partial<Me> = { permissions: ["on_call:read", "on_call:cover"] };
const admin: Partial<Me> = {
  id: "u-ada",
  name: "Ada",
  roles: ["admin"],
  permissions: ["on_call:read", "on_call:cover", "on_call:update"],
};

function play(teams: readonly OnCallTeam[], onWrite: (call: FakeCall) => FakeAnswer = () => 500): FakeCall[] {
  return playServer((call) => {
    if (call.method !== "GET") return onWrite(call);
    if (call.path === "/on-call/teams") return { items: teams };
    if (call.path === "/colleagues") return colleagues;
    if (call.path.endsWith("/layout")) {
      return layout(Date.parse(call.query.get("start") ?? ""), Date.parse(call.query.get("end") ?? ""));
    }
    return 404;
  });
}

function screenIs(wide: boolean): void {
  vi.stubGlobal("matchMedia", (media: string) => ({
    matches: wide && media.includes("min-width"),
    media,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now });
  screenIs(true);
});
afterEach(() => vi.useRealTimers());

test("who is on call now stands at the top, and what happens where nobody is", async () => {
  play([team()]);
  renderPage(<OnCallPage />, nurse);
  const card = await screen.findByRole("article", { name: "Ward team" });
  expect(card.textContent).toContain("You until 19:00");
  expect(card.textContent).toContain("then Nina Costa, from 19:00");
  expect(card.textContent).toContain("Nobody is on call. All doctors are told. until 14:00");
  expect(await accessibilityFaults()).toEqual([]);
});

test("the calendar names each span, and a nurse covers those of nurses only", async () => {
  const cover = {
    id: "cv_1",
    role: "nurse" as const,
    person: nina,
    instead_of: bob,
    start: ahead(9 * hour),
    end: ahead(12 * hour),
    note: "",
    by: nina,
  };
  play([team({ cover: [cover] })]);
  renderPage(<OnCallPage />, nurse);
  expect(
    await screen.findByRole("button", {
      name: /^Cover this: Nina Costa, Mon, Nov 23, 19:00 to 22:00, cover for Bob Lind/,
    }),
  ).toBeTruthy();
  expect(screen.getByRole("img", { name: "Nobody, Mon, Nov 23, 00:00 to 14:00" })).toBeTruthy();
  expect(screen.queryByRole("button", { name: /Dana/ })).toBeNull();
  expect(screen.queryByRole("link", { name: "Edit team" })).toBeNull();
});

test("a nurse takes a span of a colleague, and is told that it is done", async () => {
  const taken = {
    id: "cv_new",
    role: "nurse" as const,
    person: bob,
    instead_of: nina,
    start: ahead(9 * hour),
    end: ahead(14 * 24 * hour),
    note: "",
    by: bob,
  };
  const calls = play([team()], () => team({ cover: [taken] }));
  renderPage(<OnCallPage />, nurse);
  const user = userEvent.setup();
  const [span] = await screen.findAllByRole("button", { name: /^Cover this: Nina Costa/ });
  span?.focus();
  await user.keyboard("{Enter}");
  const dialog = await screen.findByRole("dialog", { name: "Take a shift" });
  expect(await accessibilityFaults()).toEqual([]);
  await user.type(within(dialog).getByLabelText("Note (optional)"), "swapped");
  await user.click(within(dialog).getByRole("button", { name: "Take it" }));
  expect(await screen.findByText(/^Bob Lind is on call Mon, Nov 23, 19:00 to/)).toBeTruthy();
  expect(calls.find((call) => call.method === "POST")).toMatchObject({
    path: "/on-call/teams/tm_1/cover",
    body: { role: "nurse", user_id: "u-bob", instead_of: "u-nina", start: ahead(9 * hour), note: "swapped" },
  });
});

test("an admin puts anybody on call, and the server's complaint stands at its field", async () => {
  play([team()], () => new Refusal(422, "Somebody here is no doctor.", [{ loc: ["user_id"], msg: "not a doctor" }]));
  renderPage(<OnCallPage />, admin);
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: "Add cover" }));
  const dialog = await screen.findByRole("dialog", { name: "Add cover" });
  await user.click(within(dialog).getByRole("button", { name: "Add" }));
  expect(await within(dialog).findByText("Choose who is on call.")).toBeTruthy();
  await user.click(within(dialog).getByRole("combobox", { name: "Who" }));
  // The second list is of those whose place can be taken.
  const [chosen] = await screen.findAllByRole("option", { name: "Nina Costa", hidden: true });
  await user.click(chosen ?? dialog);
  await user.click(within(dialog).getByRole("button", { name: "Add" }));
  expect(await within(dialog).findByText("not a doctor")).toBeTruthy();
  expect(within(dialog).getByRole("alert").textContent).toContain("Somebody here is no doctor.");
});

test("cover can be removed by whom it is for, after a question", async () => {
  const cover = { role: "nurse" as const, instead_of: null, note: "", start: ahead(hour), end: ahead(2 * hour) };
  const covers = [
    { ...cover, id: "cv_1", person: bob, by: bob },
    { ...cover, id: "cv_2", person: nina, by: nina },
  ];
  const calls = play([team({ cover: covers })], () => team());
  renderPage(<OnCallPage />, nurse);
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: /^Remove the cover of Bob Lind/ }));
  expect(screen.queryByRole("button", { name: /^Remove the cover of Nina/ })).toBeNull();
  const dialog = await screen.findByRole("dialog", { name: "Remove this cover?" });
  expect(await accessibilityFaults()).toEqual([]);
  await user.click(within(dialog).getByRole("button", { name: "Remove" }));
  expect(await screen.findByText("The cover was removed.")).toBeTruthy();
  expect(calls.find((call) => call.method === "DELETE")?.path).toBe("/on-call/teams/tm_1/cover/cv_1");
});

test("going on shows the two weeks after, and the table says the same as the calendar", async () => {
  const calls = play([team()]);
  renderPage(<OnCallPage />, nurse);
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: "Two weeks later" }));
  expect(await screen.findByText("Mon, Dec 7 to Sun, Dec 20")).toBeTruthy();
  await waitFor(() =>
    expect(calls.some((call) => call.query.get("start") === ahead((14 * 24 - 10) * hour))).toBe(true),
  );
  await user.click(screen.getByRole("button", { name: "Today" }));
  await user.click(screen.getByText("Table"));
  const table = await screen.findByRole("table", { name: "Rota of Ward team" });
  const row = within(table).getByRole("row", { name: /Mon, Nov 23/ });
  expect(row.textContent).toContain("19:00 to 24:00Nina Costa");
  expect(row.textContent).toContain("Nobody");
  expect(await accessibilityFaults()).toEqual([]);
});

test("a phone shows a list by day", async () => {
  screenIs(false);
  play([team()]);
  renderPage(<OnCallPage />, nurse);
  const list = await screen.findByRole("list", { name: "Rota of Ward team" });
  expect(within(list).getByRole("heading", { name: "Today, Mon, Nov 23" })).toBeTruthy();
  expect(await accessibilityFaults()).toEqual([]);
});

test("the team's zone is named where it is not the reader's", async () => {
  play([team({ time_zone: "Asia/Kolkata" })]);
  renderPage(<OnCallPage />, nurse);
  expect(await screen.findByText(/team's clock: Asia\/Kolkata, now 15:30/)).toBeTruthy();
});

test("without a team it is said what happens, and admins are offered one", async () => {
  play([]);
  renderPage(<OnCallPage />, admin);
  expect(await screen.findByText("No team yet")).toBeTruthy();
  expect(screen.getAllByRole("link", { name: "Add a team" })[0]?.getAttribute("href")).toBe("/on-call/new");
});
