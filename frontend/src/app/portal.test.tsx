import { createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import type { Me } from "../api/types";
import { setCsrfToken } from "../lib/api";
import { live } from "../lib/live";
import { createQueryClient } from "../lib/queryClient";
import { accessibilityFaults } from "../testing/axe";
import { type FakeAnswer, type FakeCall, playServer } from "../testing/fakeNetwork";
import { Providers } from "./Providers";
import { createPortalRouter } from "./router";

const ada: Me = {
  id: "ada",
  username: "ada",
  name: "Ada Adler",
  roles: ["admin"],
  permissions: ["user:read", "user:create", "user:update", "device:create", "device:update", "device:read"],
  csrf_token: "token",
  patient_id: null,
  demo: true,
};
const bob = { id: "b", username: "bob", name: "Bob Brandt", roles: ["nurse"], enabled: true, patient_id: null };
const options = {
  demo: true,
  setup_needed: false,
  demo_accounts: [{ username: "ada", password: "demo", name: "Ada Adler", roles: ["admin"] }],
};

function openPortal(address: string, onCall: (call: FakeCall) => FakeAnswer | undefined) {
  let signedIn = false;
  const calls = playServer((call) => {
    if (call.path === "/auth/options") return options;
    if (call.path === "/auth/login") {
      const { password } = call.body as { password: string };
      signedIn = password === "demo";
      return signedIn ? ada : 401;
    }
    if (!signedIn) return 401;
    if (call.path === "/auth/me") return ada;
    return onCall(call) ?? 404;
  });
  const queryClient = createQueryClient();
  const router = createPortalRouter(queryClient, createMemoryHistory({ initialEntries: [address] }));
  render(
    <Providers queryClient={queryClient}>
      <RouterProvider router={router} />
    </Providers>,
  );
  return { router, calls };
}

class DeadSocket {
  static readonly OPEN = 1;
  readyState = 0;
  close(): void {}
}

beforeEach(() => {
  setCsrfToken(null);
  live.stop();
  Object.assign(globalThis, { WebSocket: DeadSocket });
});

test("whoever is not signed in is asked to, and then gets where they were going", async () => {
  const { router } = openPortal("/admin/people", ({ path }) =>
    path === "/users"
      ? { items: [{ ...bob, created_at: "2026-01-01T00:00:00Z", last_sign_in_at: null }], next: null }
      : undefined,
  );
  const user = userEvent.setup();
  expect(await screen.findByRole("heading", { name: "Sign in" })).toBeTruthy();
  expect(await accessibilityFaults()).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  expect(await screen.findByText("Enter your user name.")).toBeTruthy();
  await user.type(screen.getByLabelText("User name"), "ada");
  await user.type(screen.getByLabelText("Password"), "wrong");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  expect((await screen.findByRole("alert")).textContent).toContain("is not right");
  await user.click(screen.getByRole("button", { name: /Ada Adler/ }));
  expect(await screen.findByRole("rowheader", { name: "Bob Brandt" })).toBeTruthy();
  expect(router.state.location.pathname).toBe("/admin/people");
  const nav = within(screen.getByRole("navigation", { name: "Main" }));
  expect(nav.getByRole("link", { name: "People" }).getAttribute("aria-current")).toBe("page");
  expect(await accessibilityFaults()).toEqual([]);
});

test("a new device's key is shown until Ada says that she has it", async () => {
  const device = {
    id: "d1",
    name: "Cuff",
    driver: "cuff",
    kind: "blood_pressure",
    patient_id: null,
    patient_name: null,
    enabled: true,
    last_seen_at: null,
    battery_percent: null,
    created_at: "2026-01-01T00:00:00Z",
    assignments: [],
  };
  const drivers = [{ id: "cuff", kind: "blood_pressure", vendor: "Acme", status: "active" }];
  const { calls } = openPortal("/devices", ({ method, path }) => {
    if (path === "/drivers") return { items: drivers };
    if (path === "/patients") return { items: [], next: null };
    if (path !== "/devices") return undefined;
    return method === "POST" ? { ...device, key: "pmp_secret" } : { items: [], next: null };
  });
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: /Ada Adler/ }));
  await user.click(await screen.findByRole("button", { name: "Add a device" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Add a device" }));
  await user.click(dialog.getByRole("combobox", { name: "Driver" }));
  await user.click(await screen.findByRole("option", { name: /Acme/, hidden: true }));
  await user.click(dialog.getByRole("button", { name: "Add" }));
  expect(await screen.findByText("pmp_secret")).toBeTruthy();
  expect(calls.find((call) => call.method === "POST" && call.path === "/devices")?.body).toEqual({ driver: "cuff" });
  await user.keyboard("{Escape}");
  expect(screen.getByText("pmp_secret")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "I have the key" }));
  expect(screen.queryByText("pmp_secret")).toBeNull();
});
