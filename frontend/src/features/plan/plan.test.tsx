import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { Due, DueLists, PlanItem, PlanTemplate } from "../../api/types";
import { accessibilityFaults } from "../../testing/axe";
import { observation } from "../../testing/clinical";
import { type FakeCall, playServer, receive, renderPage } from "../../testing/fakeNetwork";
import { vitalSigns } from "../../testing/vitalSigns";
import { DueToday } from "./DueToday";
import { PlanTab } from "./PlanTab";
import { TemplatesPage } from "./TemplatesPage";
import { fieldTrouble, fromTemplate } from "./words";

const professional = { permissions: ["measurement_plan:read", "measurement_plan:update"] };
const pressure: PlanItem = {
  id: "bp",
  code: "85354-9",
  display: "Blood pressure",
  schedule: { kind: "times_of_day", times: ["08:00", "20:00"], weekdays: null },
  window_before_minutes: 60,
  grace_minutes: 60,
  instructions: "Sit quietly.",
  tell: "professionals",
  start: "2026-02-01",
  end: null,
  enabled: true,
};
const template: PlanTemplate = {
  id: "weight",
  title: "Weight for a week",
  items: [
    {
      code: "29463-7",
      schedule: { kind: "times_of_day", times: ["07:00"], weekdays: ["mon", "thu"] },
      window_before_minutes: 60,
      grace_minutes: 90,
      instructions: "",
      tell: "nobody",
      days: 7,
    },
  ],
};
const noneDue: DueLists = { now: [], next: [], done: [], missed: [] };

function due(more: Partial<Due> = {}): Due {
  return {
    item_id: "bp",
    code: "85354-9",
    display: "Blood pressure",
    due_at: "2026-02-01T08:00:00.000Z",
    until: "2026-02-01T09:00:00.000Z",
    state: "waiting",
    instructions: null,
    observation_id: null,
    device: null,
    ...more,
  };
}

interface Played {
  readonly items?: readonly PlanItem[];
  readonly lists?: () => DueLists;
  readonly onWrite?: (call: FakeCall) => object | number;
}

function play({ items = [pressure], lists = () => noneDue, onWrite = () => 500 }: Played = {}): FakeCall[] {
  const plan = { items, revision: 3, changed_at: null, changed_by: null, time_zone: "Europe/Berlin" };
  return playServer((call) => {
    switch (`${call.method} ${call.path}`) {
      case "GET /vital-signs":
        return { items: vitalSigns };
      case "GET /patients/alice/measurement-plan":
        return plan;
      case "GET /patients/alice/due":
        return lists();
      case "GET /patients/alice/measurement-plan/adherence":
        return {
          items: [
            {
              item_id: "bp",
              code: "85354-9",
              display: "Blood pressure",
              fulfilled: 3,
              missed: 1,
              days: [
                { day: "2026-02-01", fulfilled: 2, missed: 0 },
                { day: "2026-02-02", fulfilled: 1, missed: 1 },
              ],
            },
          ],
        };
      case "GET /plan-templates":
        return { items: [template] };
      case "POST /measurement-plans/preview":
        return { times: ["2026-02-02T07:00:00.000Z"] };
      default:
        return onWrite(call);
    }
  });
}

test("the patient sees what to do now, and one press leads to its entry", async () => {
  play({ lists: () => ({ ...noneDue, now: [due({ instructions: "Sit quietly." })], next: [due({ item_id: "w" })] }) });
  renderPage(<DueToday patientId="alice" />);
  const now = within(await screen.findByRole("list", { name: "Now" }));
  expect(now.getByRole("heading", { name: "Blood pressure" })).toBeTruthy();
  expect(now.getByText("Sit quietly.")).toBeTruthy();
  const link = now.getByRole("link", { name: "Enter my blood pressure" });
  expect(link.getAttribute("href")).toBe("/measure?code=85354-9");
  expect(within(screen.getByRole("list", { name: "Later today" })).getAllByRole("listitem")).toHaveLength(1);
  expect(await accessibilityFaults()).toEqual([]);
});

test("who has a device is told to take it, and may still type", async () => {
  play({ lists: () => ({ ...noneDue, now: [due({ device: "Kitchen cuff" })] }) });
  renderPage(<DueToday patientId="alice" />);
  expect(await screen.findByText("Take it with your Kitchen cuff. It arrives here by itself.")).toBeTruthy();
  expect(screen.getByRole("link", { name: "I'll type in my blood pressure" })).toBeTruthy();
});

test("family sees it and has nothing to press", async () => {
  play({ lists: () => ({ ...noneDue, now: [due()] }) });
  renderPage(<DueToday patientId="alice" readOnly />);
  expect(await screen.findByRole("heading", { name: "Blood pressure" })).toBeTruthy();
  expect(screen.queryByRole("link")).toBeNull();
});

test("a reading that arrives moves it to done", async () => {
  let lists: DueLists = { ...noneDue, now: [due()] };
  play({ lists: () => lists });
  renderPage(<DueToday patientId="alice" />);
  await screen.findByRole("list", { name: "Now" });
  lists = { ...noneDue, done: [due({ state: "fulfilled" })] };
  receive("patients/alice", "observation_recorded", { observation: observation() });
  expect(await screen.findByText("All done for today. Well done!")).toBeTruthy();
  expect(screen.getByRole("list", { name: "Done" })).toBeTruthy();
});

test("the plan is said in words, with how it was followed", async () => {
  play({ lists: () => ({ ...noneDue, missed: [due({ state: "missed" })] }) });
  renderPage(<PlanTab patientId="alice" />, professional);
  expect(await screen.findByText("08:00 and 20:00, every day, 1 hour of grace")).toBeTruthy();
  expect(await screen.findByText("3 of 4")).toBeTruthy();
  // Berlin's time, whoever looks from where.
  const today = within(await screen.findByRole("region", { name: "Due today" }));
  expect((await today.findByText("Missed")).closest("tr")?.textContent).toContain("09:00");
  expect(await accessibilityFaults()).toEqual([]);
});

test("who may only read gets no buttons", async () => {
  play();
  renderPage(<PlanTab patientId="alice" />, { permissions: ["measurement_plan:read"] });
  await screen.findByText("08:00 and 20:00, every day, 1 hour of grace");
  expect(screen.queryByRole("button")).toBeNull();
});

test("an item is added, with the times that come of it and the revision that was read", async () => {
  const calls = play({
    onWrite: () => ({ items: [pressure], revision: 4, changed_at: null, changed_by: null, time_zone: "Europe/Berlin" }),
  });
  renderPage(<PlanTab patientId="alice" />, professional);
  await userEvent.click(await screen.findByRole("button", { name: "Add to the plan" }));
  const dialog = within(await screen.findByRole("dialog"));
  await userEvent.click(dialog.getByRole("radio", { name: "Every hours" }));
  expect(await dialog.findByText("Mon, Feb 2, 08:00")).toBeTruthy();
  expect(await accessibilityFaults()).toEqual([]);
  await userEvent.click(dialog.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  const sent = calls.find((call) => call.method === "PUT")?.body as
    | { readonly revision: number; readonly items: readonly PlanItem[] }
    | undefined;
  expect(sent?.revision).toBe(3);
  expect(sent?.items.map((item) => item.schedule.kind)).toEqual(["times_of_day", "every_hours"]);
});

test("somebody else's change is said, and nothing is overwritten", async () => {
  play({ onWrite: () => 409 });
  renderPage(<PlanTab patientId="alice" />, professional);
  await userEvent.click(await screen.findByRole("switch", { name: "Blood pressure is followed" }));
  expect((await screen.findByRole("alert")).textContent).toContain("Somebody else has changed this plan");
  await userEvent.click(screen.getByRole("button", { name: "Show the new plan" }));
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
});

test("a template's items are added from today on", async () => {
  const calls = play({ items: [] });
  renderPage(<PlanTab patientId="alice" />, professional);
  await userEvent.click(await screen.findByRole("button", { name: "Start from a template" }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "Weight for a week" }));
  await waitFor(() => expect(calls.some((call) => call.method === "PUT")).toBe(true));
  const sent = calls.find((call) => call.method === "PUT")?.body as { readonly items: readonly PlanItem[] } | undefined;
  const [item] = sent?.items ?? [];
  expect(item).toMatchObject({ code: "29463-7", enabled: true, tell: "nobody" });
  expect(Date.parse(item?.end ?? "") - Date.parse(item?.start ?? "")).toBe(6 * 86_400_000);
});

test("an admin writes and deletes templates", async () => {
  const calls = play({ onWrite: () => template });
  renderPage(<TemplatesPage />);
  await userEvent.click(await screen.findByRole("button", { name: "Edit Weight for a week" }));
  const title = await screen.findByRole("textbox", { name: "Title" });
  await userEvent.clear(title);
  await userEvent.type(title, "Weight");
  expect(await accessibilityFaults()).toEqual([]);
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Weight was saved.")).toBeTruthy();
  const put = calls.find((call) => call.method === "PUT");
  expect(put?.path).toBe("/plan-templates/weight");
  expect(put?.body).toEqual({ title: "Weight", items: template.items });
  await userEvent.click(await screen.findByRole("button", { name: "Delete Weight for a week" }));
  await userEvent.click(await screen.findByRole("button", { name: "Delete" }));
  await waitFor(() => expect(calls.some((call) => call.method === "DELETE")).toBe(true));
});

test("the server's complaint finds its field", () => {
  const errors = [{ loc: ["items", "1", "schedule"], msg: "never comes" }];
  expect(fieldTrouble(errors, "schedule")).toBe("never comes");
  expect(fieldTrouble(errors, "end")).toBeUndefined();
});

test("a template for good has no last day", () => {
  const [item] = fromTemplate(
    [{ ...(template.items[0] as (typeof template.items)[number]), days: null }],
    "2026-02-01",
  );
  expect(item).toMatchObject({ start: "2026-02-01", end: null });
});
