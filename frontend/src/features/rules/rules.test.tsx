import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { AlertRules, Combination, Me, RuleTemplate } from "../../api/types";
import { accessibilityFaults } from "../../testing/axe";
import { type FakeAnswer, type FakeCall, playServer, Refusal, renderPage } from "../../testing/fakeNetwork";
import { vitalSigns } from "../../testing/vitalSigns";
import { bodyOf, combinationTrouble, othersOf, unchanged } from "./draft";
import { LimitsTab } from "./LimitsTab";
import { RuleSetPage } from "./RuleSetPage";
import { RuleSetsPage } from "./RuleSetsPage";

const fast: Combination = {
  id: "fast",
  title: "Fast heart and breath",
  priority: "high",
  at_least: 2,
  conditions: ["9279-1", "8867-4"].map((code) => ({
    code,
    operator: "above" as const,
    value: 24,
    hours: null,
    max_age_s: 600,
    required: true,
  })),
  enabled: true,
  latching: true,
};
const copd: RuleTemplate = {
  id: "copd",
  title: "COPD",
  rules: [],
  combinations: [fast],
  stale: [{ code: "8867-4", hours: 8, priority: "medium" }],
  patients: 1,
};
const brought = { source: "template", template: "copd", source_title: "COPD" };
const rules: AlertRules = {
  rules: [
    {
      code: "8867-4",
      display: "Heart rate",
      unit: "/min",
      low: 50,
      high: 120,
      critical_low: null,
      critical_high: null,
      duration_s: 0,
      hysteresis: 0,
      latching: true,
      rate: null,
      source: "patient",
      template: null,
      source_title: null,
    },
  ],
  combinations: [{ ...fast, id: "fast", ...brought }],
  stale: [{ code: "8867-4", display: "Heart rate", hours: 8, priority: "medium", ...brought }],
  templates: [{ id: "copd", title: "COPD" }],
};
const doctor: Partial<Me> = {
  roles: ["doctor"],
  permissions: ["alert_rule:read", "alert_rule:update", "alert_rule:rehearse", "rule_template:read"],
};

function play(onWrite: (call: FakeCall) => FakeAnswer = () => rules): FakeCall[] {
  return playServer((call) => {
    if (call.method !== "GET") return onWrite(call);
    if (call.path === "/vital-signs") return { items: vitalSigns };
    if (call.path === "/alert-rule-templates") return { items: [copd] };
    return rules;
  });
}

const written = (calls: readonly FakeCall[]) => calls.find((call) => call.method !== "GET");

async function choose(within_: HTMLElement, field: RegExp | string, option: string) {
  const user = userEvent.setup();
  const box = within(within_).getByRole("combobox", { name: field });
  await user.click(box);
  const list = await waitFor(() => {
    const found = document.getElementById(box.getAttribute("aria-controls") ?? "");
    if (!found) throw new Error("no list");
    return found;
  });
  await user.click(within(list).getByRole("option", { name: option, hidden: true }));
}

test("a rule over several signs is written, shown, and saved with the limits", async () => {
  const calls = play();
  renderPage(<LimitsTab patientId="alice" />, doctor);
  const user = userEvent.setup();
  expect(await screen.findByText(/2 of 2 together:/)).toBeTruthy();
  expect(await accessibilityFaults()).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Add a rule over several signs" }));
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByRole("button", { name: "Take over" }));
  expect(within(dialog).getByText("Say what the alert says.")).toBeTruthy();
  await user.type(within(dialog).getByRole("textbox", { name: "What the alert says" }), "Weight up, pulse up");
  for (const [number, what] of [
    [1, "Heart rate"],
    [2, "Body temperature"],
  ] as const) {
    const group = within(dialog).getByRole("group", { name: `Condition ${number}` });
    await choose(group, "Vital sign", what);
    const value = within(group).getByRole("textbox", { name: "Value" });
    await user.clear(value);
    await user.type(value, "39");
  }
  expect(await accessibilityFaults()).toEqual([]);
  await user.click(within(dialog).getByRole("button", { name: "Take over" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(screen.getByText(/Heart rate above 39; Body temperature above 39/)).toBeTruthy();
  expect(written(calls)).toBeUndefined();
  await user.click(screen.getByRole("button", { name: "Save 1 change" }));
  await screen.findByText(/Saved\./);
  const body = written(calls)?.body as { combinations: Combination[]; stale?: unknown };
  expect(body.combinations.map(({ title, at_least }) => [title, at_least])).toEqual([["Weight up, pulse up", 2]]);
  expect(body.stale).toBeUndefined();
});

test("what a set brings can be switched off for this patient, and silence be watched", async () => {
  const calls = play();
  renderPage(<LimitsTab patientId="alice" />, doctor);
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: "Switch off: Fast heart and breath" }));
  expect(screen.getByText("switched off")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Watch for silence" }));
  const dialog = await screen.findByRole("dialog");
  await choose(dialog, "Vital sign", "Body temperature");
  await user.click(within(dialog).getByRole("button", { name: "Take over" }));
  expect(await screen.findByText("No Body temperature for 12 h")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Heart rate: give up this patient's own limits" }));
  await user.click(screen.getByRole("button", { name: "Save 3 changes" }));
  await screen.findByText(/Saved\./);
  expect(written(calls)?.body).toEqual({
    rules: [],
    combinations: [{ ...fast, enabled: false }],
    stale: [{ code: "8310-5", hours: 12, priority: "medium" }],
  });
});

test("a patient sees the rules and no way to change them", async () => {
  play();
  renderPage(<LimitsTab patientId="alice" />, { roles: ["patient"], permissions: ["alert_rule:read"] });
  expect(await screen.findByText("Fast heart and breath")).toBeTruthy();
  expect(screen.getAllByText("from COPD")).toHaveLength(2);
  expect(screen.queryByRole("button", { name: /Edit|Switch|Save|Watch/ })).toBeNull();
});

test("a draft is sent without what it does not touch, and shows the sets that it chooses", () => {
  expect(bodyOf(rules, unchanged)).toEqual({ rules: [expect.objectContaining({ code: "8867-4" })] });
  const without = othersOf(rules, { ...unchanged, templates: [] }, [copd]);
  expect([without.combinations, without.stale]).toEqual([[], []]);
  const strange = othersOf(rules, unchanged, null);
  expect(strange.combinations.map(({ from }) => from)).toEqual(["COPD"]);
});

test("a combination needs signs, two conditions, and hours for a change", () => {
  const [one, two] = fast.conditions;
  if (!one || !two) throw new Error("two conditions");
  expect(combinationTrouble(fast)).toBeNull();
  expect(combinationTrouble({ ...fast, title: " " })).toBe("title");
  expect(combinationTrouble({ ...fast, conditions: [one] })).toBe("few");
  expect(combinationTrouble({ ...fast, conditions: [one, { ...two, code: "" }] })).toBe("sign");
  expect(combinationTrouble({ ...fast, conditions: [one, { ...two, operator: "risen" }] })).toBe("change");
  expect(combinationTrouble({ ...fast, conditions: [one, { ...two, max_age_s: 0 }] })).toBe("age");
});

test("an admin writes a rule set", async () => {
  const calls = play(() => copd);
  const { router } = renderPage(<RuleSetPage setId={null} />, { roles: ["admin"] });
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: "Save the rule set" }));
  expect(await screen.findByText("Give it a name.")).toBeTruthy();
  await user.type(screen.getByRole("textbox", { name: "Name" }), "Sepsis watch");
  await choose(document.body, "Add limits of", "Heart rate");
  const high = await screen.findByLabelText<HTMLInputElement>("Heart rate, High");
  await user.clear(high);
  await user.type(high, "110");
  expect(await accessibilityFaults()).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Save the rule set" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/admin/rule-sets"));
  const call = written(calls);
  expect(call?.path).toMatch(/^\/alert-rule-templates\/r_[0-9a-f]{12}$/);
  expect(call?.body).toMatchObject({
    title: "Sepsis watch",
    rules: [{ code: "8867-4", high: 110 }],
    combinations: [],
    stale: [],
  });
});

test("a set that is applied to patients is not deleted, and the page says why", async () => {
  play(() => new Refusal(409, "The template is applied to 1 patients. Take it from them first."));
  renderPage(<RuleSetsPage />, { roles: ["admin"] });
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: "Delete: COPD" }));
  const dialog = await screen.findByRole("dialog", { name: "Delete COPD?" });
  await user.click(within(dialog).getByRole("button", { name: "Delete" }));
  expect(await within(dialog).findByText(/Take it from them first\./)).toBeTruthy();
  expect(await accessibilityFaults()).toEqual([]);
});
