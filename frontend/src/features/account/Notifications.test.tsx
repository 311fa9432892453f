import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import type { NotificationSettings } from "../../api/types";
import { accessibilityFaults } from "../../testing/axe";
import { type FakeAnswer, type FakeCall, playServer, renderPage } from "../../testing/fakeNetwork";
import { Notifications } from "./components/Notifications";

const browser = {
  id: "s1",
  service: "push.example",
  name: "Firefox · Android",
  browser: "ff",
  created_at: "2026-01-02T00:00:00Z",
};
const start: NotificationSettings = {
  channels: [
    { channel: "web_push", display: "Browser", reachable: true, high: true, medium: true, low: true },
    { channel: "email", display: "E-mail", reachable: false, high: true, medium: true, low: true },
    { channel: "sms", display: "Text message", reachable: false, high: true, medium: false, low: false },
  ],
  quiet_hours: null,
  email: null,
  phone: null,
  sound: { volume: 80, low: true },
  push_subscriptions: [browser],
};

function play(
  settings: NotificationSettings = start,
  onCall: (call: FakeCall) => FakeAnswer | undefined = () => undefined,
) {
  let present = settings;
  return playServer((call) => {
    const answer = onCall(call);
    if (answer !== undefined) return answer;
    if (call.path !== "/me/notifications/settings") return {};
    if (call.method === "PUT") {
      const { channels, ...rest } = call.body as NotificationSettings;
      present = {
        ...present,
        ...rest,
        channels: present.channels.map((old) => ({ ...old, ...channels.find((each) => each.channel === old.channel) })),
      };
    }
    return present;
  });
}

const section = async (name: string) => within(await screen.findByRole("region", { name }));
const alice = { id: "alice", roles: ["patient" as const], permissions: [] };

/** jsdom has no pushes: a browser that has, and what it was told. */
function havePush(permission: NotificationPermission, subscribed = false) {
  const subscription = {
    endpoint: "https://push.example/1",
    options: { applicationServerKey: null },
    toJSON: () => ({ endpoint: "https://push.example/1", keys: { p256dh: "p", auth: "a" } }),
    unsubscribe: vi.fn(async () => true),
  };
  let present: typeof subscription | null = subscribed ? subscription : null;
  const pushManager = {
    getSubscription: async () => present,
    subscribe: vi.fn(async () => {
      present = subscription;
      return subscription;
    }),
  };
  const asked = vi.fn(async () => permission);
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("PushManager", class {});
  vi.stubGlobal("Notification", { permission, requestPermission: asked });
  Object.defineProperty(navigator, "serviceWorker", {
    configurable: true,
    value: { ready: Promise.resolve({ pushManager }) },
  });
  return { asked, pushManager, subscription };
}

beforeEach(() => {
  vi.unstubAllGlobals();
  localStorage.clear();
  Reflect.deleteProperty(navigator, "serviceWorker");
});

test("a choice is kept at once, beside all the others", async () => {
  const calls = play();
  renderPage(<Notifications />, alice);
  const what = await section("What you are told");
  const mail = within(what.getByRole("group", { name: /E-mail/ }));
  await userEvent.click(mail.getByRole("checkbox", { name: "Everyday" }));
  await screen.findByText("Kept.");
  expect(calls.find(({ method }) => method === "PUT")?.body).toEqual({
    channels: [
      { channel: "web_push", high: true, medium: true, low: true },
      { channel: "email", high: true, medium: true, low: false },
      { channel: "sms", high: true, medium: false, low: false },
    ],
    quiet_hours: null,
    sound: { volume: 80, low: true },
  });
  expect(await accessibilityFaults()).toEqual([]);
});

test("a choice that the server refuses goes back, and it is said", async () => {
  play(start, ({ method }) => (method === "PUT" ? 500 : undefined));
  renderPage(<Notifications />, alice);
  const mail = within((await section("What you are told")).getByRole("group", { name: /E-mail/ }));
  await userEvent.click(mail.getByRole("checkbox", { name: "Everyday" }));
  expect(await screen.findByText(/Nothing was changed/)).toBeTruthy();
  await waitFor(() => expect(mail.getByRole<HTMLInputElement>("checkbox", { name: "Everyday" }).checked).toBe(true));
});

test("who is reached by nothing urgent is told so, and cannot test", async () => {
  play({ ...start, channels: start.channels.map((channel) => ({ ...channel, reachable: false })) });
  renderPage(<Notifications />, alice);
  expect(await screen.findByText(/Nothing urgent reaches you/)).toBeTruthy();
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Send a test notification" }).disabled).toBe(true);
});

test("a test says by which channels it was sent", async () => {
  play(start, ({ path }) => (path === "/me/notifications/test" ? { channels: ["Browser"] } : undefined));
  renderPage(<Notifications />, alice);
  await userEvent.click(await screen.findByRole("button", { name: "Send a test notification" }));
  expect(await screen.findByText("Sent by: Browser. It should arrive within a minute.")).toBeTruthy();
});

test("an address holds after its code", async () => {
  const calls = play(start, ({ path }) => (path.startsWith("/me/phone") ? {} : undefined));
  renderPage(<Notifications />, alice);
  const phone = await section("Text messages");
  await userEvent.type(phone.getByLabelText("Mobile number"), "0041 79 123 45 67");
  await userEvent.click(phone.getByRole("button", { name: "Send me a code" }));
  expect(await phone.findByText(/sent to \+41791234567/)).toBeTruthy();
  await userEvent.type(phone.getByLabelText("The six figures of the code"), "123 456");
  await userEvent.click(phone.getByRole("button", { name: "Confirm" }));
  await waitFor(() =>
    expect(calls.filter(({ method }) => method === "POST").map(({ path, body }) => [path, body])).toEqual([
      ["/me/phone", { number: "+41791234567" }],
      ["/me/phone/confirm", { code: "123456" }],
    ]),
  );
});

test("quiet hours carry their time zone, and end when switched off", async () => {
  const calls = play();
  renderPage(<Notifications />, alice);
  const quiet = await section("Quiet hours");
  await userEvent.click(quiet.getByRole("switch", { name: "I want quiet hours" }));
  await userEvent.click(quiet.getByRole("button", { name: "Keep these hours" }));
  expect(await screen.findByText(/Every day from 22:00 to 07:00/)).toBeTruthy();
  await userEvent.click((await section("Quiet hours")).getByRole("switch", { name: "I want quiet hours" }));
  await waitFor(() => expect(screen.queryByText(/Every day from/)).toBeNull());
  const sent = calls
    .filter(({ method }) => method === "PUT")
    .map(({ body }) => (body as NotificationSettings).quiet_hours);
  expect(sent[0]).toMatchObject({ start: "22:00", end: "07:00", time_zone: expect.any(String) });
  expect(sent[1]).toBeNull();
});

test("the sound of alerts is for those who hear them", async () => {
  play();
  renderPage(<Notifications />, alice);
  await section("Quiet hours");
  expect(screen.queryByRole("region", { name: "Sound of alerts" })).toBeNull();
});

test("a nurse may silence what is of low priority", async () => {
  const calls = play();
  renderPage(<Notifications />);
  await userEvent.click((await section("Sound of alerts")).getByRole("switch"));
  await waitFor(() =>
    expect(calls.find(({ method }) => method === "PUT")?.body).toMatchObject({ sound: { volume: 80, low: false } }),
  );
});

test("this browser is explained before the browser asks, and the server told after it was allowed", async () => {
  const { asked, pushManager } = havePush("granted");
  const key = "A".repeat(87);
  const calls = play(start, ({ path }) => (path === "/notifications/vapid-key" ? { key } : undefined));
  renderPage(<Notifications />, alice);
  const own = await section("This browser");
  expect(await own.findByText(/the browser asks whether it may show notifications/)).toBeTruthy();
  expect(asked).not.toHaveBeenCalled();
  await userEvent.click(own.getByRole("button", { name: "Turn on in this browser" }));
  await waitFor(() => expect(calls.some(({ path }) => path === "/me/push-subscriptions")).toBe(true));
  expect(asked).toHaveBeenCalledOnce();
  expect(pushManager.subscribe).toHaveBeenCalledWith(expect.objectContaining({ userVisibleOnly: true }));
  expect(calls.find(({ path }) => path === "/me/push-subscriptions")?.body).toMatchObject({
    endpoint: "https://push.example/1",
    name: expect.any(String),
  });
});

test("a browser that forbids notifications says what to do", async () => {
  havePush("denied");
  play();
  renderPage(<Notifications />, alice);
  expect(await screen.findByText("Notifications are forbidden in this browser")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Turn on in this browser" })).toBeNull();
  expect(await accessibilityFaults()).toEqual([]);
});

test("an old browser is told so, and browsers elsewhere can be removed", async () => {
  vi.stubGlobal("isSecureContext", true);
  const calls = play();
  renderPage(<Notifications />, alice);
  expect(await screen.findByText("This browser cannot show notifications")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Remove Firefox · Android" }));
  await waitFor(() => expect(calls.find(({ method }) => method === "DELETE")?.path).toBe("/me/push-subscriptions/s1"));
});

test("a failure to load can be tried again", async () => {
  play(start, () => 500);
  renderPage(<Notifications />, alice);
  expect(await screen.findByRole("alert")).toBeTruthy();
});
