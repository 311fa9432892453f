/** The service worker of public/sw.js, with the browser's side of it played. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Shown {
  readonly title: string;
  readonly options: Readonly<Record<string, unknown>>;
}

type Listener = (event: Record<string, unknown>) => void;

const source = readFileSync("public/sw.js", "utf8");

function startWorker(windows: readonly object[] = []) {
  const listeners = new Map<string, Listener>();
  const shown: Shown[] = [];
  const opened: string[] = [];
  const requests: { url: string; init: RequestInit }[] = [];
  const subscribed: unknown[] = [];
  const self = {
    location: { origin: "https://portal.test" },
    addEventListener: (type: string, listener: Listener) => listeners.set(type, listener),
    skipWaiting: () => Promise.resolve(),
    clients: {
      claim: () => Promise.resolve(),
      matchAll: async () => windows,
      openWindow: async (link: string) => void opened.push(link),
    },
    registration: {
      showNotification: async (title: string, options: Shown["options"]) => void shown.push({ title, options }),
      pushManager: {
        subscribe: async (options: unknown) => {
          subscribed.push(options);
          return { toJSON: () => ({ endpoint: "https://push.test/new" }) };
        },
      },
    },
  };
  const fetch = async (url: string, init: RequestInit) => {
    requests.push({ url, init });
    return Response.json({ csrf_token: "token" });
  };
  new Function("self", "fetch", source)(self, fetch);
  const fire = async (type: string, fields: Record<string, unknown> = {}) => {
    let done: unknown;
    const waitUntil = (work: unknown) => {
      done = work;
    };
    listeners.get(type)?.({ waitUntil, ...fields });
    await done;
  };
  return { listeners, shown, opened, requests, subscribed, fire };
}

const message = {
  id: "ab12",
  kind: "alert",
  priority: "high",
  title: "Alert, high priority: A. A.",
  text: "Sign in to see what it is about.",
  link: "/alerts/al_1",
  at: "2026-01-31T12:00:00+00:00",
};
const push = (content: unknown) => ({ data: { json: () => content } });

test("a push shows the server's words, stays while urgent, and replaces those about the same alert", async () => {
  const worker = startWorker();
  await worker.fire("push", push(message));
  expect(worker.shown).toEqual([
    {
      title: message.title,
      options: {
        body: message.text,
        icon: "/icon-192.png",
        badge: "/badge-96.png",
        tag: "/alerts/al_1",
        renotify: true,
        requireInteraction: true,
        timestamp: Date.parse(message.at),
        vibrate: [300, 100, 300, 100, 300],
        data: { id: "ab12", link: "/alerts/al_1" },
      },
    },
  ]);
  await worker.fire("push", push({ ...message, priority: "low", link: "/messages" }));
  expect(worker.shown[1]?.options).toMatchObject({ requireInteraction: false, tag: "ab12" });
});

test.each([
  ["nothing", {}],
  ["no JSON", { data: { json: () => JSON.parse("{") } }],
  ["no object", push("hello")],
  ["null", push(null)],
])("a push with %s still says something", async (_name, event) => {
  const worker = startWorker();
  await worker.fire("push", event);
  expect(worker.shown).toMatchObject([{ title: "Patient monitoring", options: { data: { link: "/" } } }]);
});

test.each(["https://evil.test/x", "//evil.test/x", "/\\evil.test", "javascript:alert(1)", 7, undefined])(
  "a press on a notification never leads to %s",
  async (link) => {
    const worker = startWorker();
    await worker.fire("notificationclick", { notification: { close: () => undefined, data: { link } } });
    expect(worker.opened).toEqual(["/"]);
  },
);

test("a press leads an open window there, the one in front first", async () => {
  const said: unknown[] = [];
  const back = {
    focused: false,
    visibilityState: "hidden",
    focus: async () => undefined,
    postMessage: () => undefined,
  };
  const front = { ...back, focused: true, postMessage: (data: unknown) => void said.push(data) };
  const worker = startWorker([back, front]);
  let closed = false;
  const notification = { close: () => (closed = true), data: { link: "/alerts/al_1" } };
  await worker.fire("notificationclick", { notification });
  expect(closed).toBe(true);
  expect(said).toEqual([{ type: "open", link: "/alerts/al_1" }]);
  expect(worker.opened).toEqual([]);
});

test("a replaced subscription is told to the server as the person who is signed in", async () => {
  const worker = startWorker();
  const key = new Uint8Array([1, 2, 3]);
  await worker.fire("pushsubscriptionchange", { oldSubscription: { options: { applicationServerKey: key } } });
  expect(worker.subscribed).toEqual([{ userVisibleOnly: true, applicationServerKey: key }]);
  expect(worker.requests.map(({ url }) => url)).toEqual(["/api/v1/auth/me", "/api/v1/me/push-subscriptions"]);
  expect(worker.requests[1]?.init).toMatchObject({
    headers: { "X-CSRF-Token": "token" },
    body: JSON.stringify({ endpoint: "https://push.test/new" }),
  });
});

test("the worker touches no request and keeps no copy", () => {
  const worker = startWorker();
  expect([...worker.listeners.keys()].sort()).toEqual([
    "activate",
    "install",
    "notificationclick",
    "push",
    "pushsubscriptionchange",
  ]);
  expect(source).not.toMatch(/\bcaches\b/);
});
