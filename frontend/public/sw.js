/*
 * The service worker: shows pushes and leads to what they are about. It keeps no copy of anything: without a
 * `fetch` handler every request goes to the network as if the worker were not there.
 *
 * A push is the JSON of plugins/notifications/web_push.py: {id, kind, priority, title, text, link, at}. The words
 * were chosen by the server, which leaves the patient out of them; nothing is added here.
 */
"use strict";

const api = "/api/v1";

// A new version takes over at once: it shows pushes, and holds no state that an open page could depend on.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => event.waitUntil(show(messageOf(event.data))));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data && event.notification.data.link));
});
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(subscribeAgain(event)));

/** Browsers show a notice of their own when a push shows none, so one that cannot be read still says something. */
function messageOf(data) {
  let found = null;
  try {
    found = data ? data.json() : null;
  } catch {
    found = null;
  }
  const fields = found !== null && typeof found === "object" ? found : {};
  const text = (value) => (typeof value === "string" ? value : "");
  return {
    id: text(fields.id),
    priority: text(fields.priority),
    title: text(fields.title) || "Patient monitoring",
    text: text(fields.text) || (found === null ? "Something needs your attention. Open the portal." : ""),
    link: samePath(fields.link),
    at: Date.parse(text(fields.at)),
  };
}

/** Pushes about the same page share a tag: the newest replaces the others, and rings again. */
function show({ id, priority, title, text, link, at }) {
  const tag = /^\/alerts\/[^/?#]+$/.test(link) ? link : id;
  return self.registration.showNotification(title, {
    body: text,
    icon: "/icon-192.png",
    badge: "/badge-96.png",
    requireInteraction: priority === "high",
    timestamp: Number.isFinite(at) ? at : Date.now(),
    data: { id, link },
    ...(tag ? { tag, renotify: true } : {}),
    ...(priority === "high" ? { vibrate: [300, 100, 300, 100, 300] } : {}),
  });
}

/** A path of this portal, whatever was given. */
function samePath(link) {
  if (typeof link !== "string" || !link.startsWith("/")) return "/";
  try {
    const url = new URL(link, self.location.origin);
    return url.origin === self.location.origin ? url.pathname + url.search + url.hash : "/";
  } catch {
    return "/";
  }
}

/** In a window that is open already if there is one: it changes its page by itself, so that nothing typed is lost. */
async function open(given) {
  const link = samePath(given);
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const chosen = windows.find((one) => one.focused) || windows.find((one) => one.visibilityState === "visible") || windows[0];
  if (!chosen) return self.clients.openWindow(link);
  try {
    // Focusing is refused where the person's click is too long ago; the page is changed all the same.
    await chosen.focus();
  } catch {
    // As above.
  }
  chosen.postMessage({ type: "open", link });
}

/** The browser replaced its subscription: the server has to know the new one, as the person who is signed in. */
async function subscribeAgain(event) {
  const subscription = event.newSubscription || (await newSubscription(event.oldSubscription));
  if (!subscription) return;
  const me = await fetch(`${api}/auth/me`, { credentials: "same-origin" });
  // Nobody is signed in: the portal does it when somebody is.
  if (!me.ok) return;
  const { csrf_token: token } = await me.json();
  await fetch(`${api}/me/push-subscriptions`, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
    body: JSON.stringify(subscription.toJSON()),
  });
}

async function newSubscription(old) {
  const key = old && old.options && old.options.applicationServerKey;
  if (!key) return self.registration.pushManager.getSubscription();
  return self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}
