import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import type { Alert, BoardItem } from "../../api/types";
import { alert, boardItem, observation, patient } from "../../testing/clinical";
import { type FakeServer, playServer, receive, renderPage } from "../../testing/fakeNetwork";
import { vitalSigns } from "../../testing/vitalSigns";
import { BoardPage } from "./BoardPage";

const fresh = (more = {}) => observation({ effective_at: new Date().toISOString(), ...more });
const alice = boardItem({ latest: { "8867-4": fresh() } });
const bea = boardItem({
  patient: patient({ id: "bea", name: "Bea Berg", ward: "North" }),
  latest: { "8867-4": fresh({ patient_id: "bea", value: 81 }) },
});

function server(items: readonly BoardItem[], alerts: readonly Alert[]): FakeServer {
  return ({ path }) => {
    if (path === "/board") return { items, next: null };
    if (path === "/vital-signs") return { items: vitalSigns };
    return path === "/alerts" ? { items: alerts, next: null } : 404;
  };
}

const names = () => screen.getAllByRole("rowheader").map((header) => within(header).getByRole("button").textContent);

beforeEach(() => localStorage.clear());

test("the patient with the open alert stands first, and the cell says so in words", async () => {
  playServer(server([alice, bea], [alert({ patient_id: "bea", patient_name: "Bea Berg" })]));
  renderPage(<BoardPage />);
  await waitFor(() => expect(names()[0]).toContain("Bea Berg"));
  const cell = screen.getByText("81").closest("td");
  expect(cell?.dataset.priority).toBe("high");
  expect(cell?.textContent).toContain("High");
  expect(cell?.textContent).toContain("81/minnow");
});

test("arrows move between patients, Enter opens one beside the board, Escape closes it", async () => {
  playServer(server([alice, bea], []));
  renderPage(<BoardPage />);
  const user = userEvent.setup();
  await screen.findByText("Bea Berg");
  screen.getByRole("button", { name: /Alice Albrecht/ }).focus();
  await user.keyboard("{ArrowDown}{Enter}");
  expect(await screen.findByRole("complementary", { name: "Bea Berg" })).toBeTruthy();
  await user.keyboard("{ArrowUp}");
  expect(await screen.findByRole("complementary", { name: "Alice Albrecht" })).toBeTruthy();
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("complementary", { name: "Alice Albrecht" })).toBeNull();
});

test("slash leads to the search; a search without a match says how to go back", async () => {
  playServer(server([alice, bea], []));
  renderPage(<BoardPage />);
  const user = userEvent.setup();
  await screen.findByText("Bea Berg");
  await user.keyboard("/nobody");
  expect(await screen.findByText("No patient matches")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Show everyone" }));
  expect(await screen.findByText("Bea Berg")).toBeTruthy();
});

test("chosen columns are kept on this device", async () => {
  localStorage.setItem("pmp.board", JSON.stringify({ columns: ["8310-5"] }));
  playServer(server([alice], []));
  renderPage(<BoardPage />);
  expect(await screen.findByRole("columnheader", { name: "Body temperature" })).toBeTruthy();
  expect(screen.queryByRole("columnheader", { name: "Heart rate" })).toBeNull();
});

test("a reading that arrives takes its cell without asking the server again", async () => {
  const calls = playServer(server([alice, bea], []));
  renderPage(<BoardPage />);
  await screen.findByText("72");
  act(() => receive("patients", "observation_recorded", { observation: fresh({ id: "o9", value: 99 }) }));
  const value = await screen.findByText("99");
  expect(value.closest("[data-changed]")).not.toBeNull();
  expect(calls.filter((call) => call.path === "/board")).toHaveLength(1);
});

test("a held-back value is struck and named as such", async () => {
  playServer(server([boardItem({ latest: { "8867-4": fresh({ value: 301, status: "quarantined" }) } })], []));
  renderPage(<BoardPage />);
  const cell = (await screen.findByText("301")).closest("td");
  expect(cell?.dataset.held).toBe("true");
  expect(cell?.textContent).toContain("held back as implausible");
});

test("a failure offers to try again, and the board comes back", async () => {
  let broken = true;
  const working = server([alice], []);
  playServer((call) => (broken && call.path === "/board" ? 500 : working(call)));
  renderPage(<BoardPage />);
  const retry = await screen.findByRole("button", { name: "Try again" });
  broken = false;
  await userEvent.click(retry);
  expect(await screen.findByText("Alice Albrecht")).toBeTruthy();
});

test("an empty ward is told what comes next", async () => {
  playServer(server([], []));
  renderPage(<BoardPage />);
  expect(await screen.findByText("No patients yet")).toBeTruthy();
});
