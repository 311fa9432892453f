/**
 * The portal's service worker: shows pushed messages when no page is open, and leads to their page.
 * It keeps nothing and answers no request, so it can show nothing that is old.
 */
const fallback = { title: "Patient monitoring", text: "", link: "/", id: "message", priority: "medium" };

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  let message = fallback;
  try {
    message = { ...fallback, ...event.data.json() };
  } catch {
    // A browser must show something for each push; this one says no more than that there is news.
  }
  event.waitUntil(
    self.registration.showNotification(String(message.title), {
      body: String(message.text),
      tag: String(message.id),
      icon: "/icon.svg",
      badge: "/icon.svg",
      timestamp: Date.parse(message.at) || Date.now(),
      // What is urgent stays until somebody has dealt with it.
      requireInteraction: message.priority === "high",
      renotify: true,
      data: { link: String(message.link) },
    }),
  );
});

/** A page of this portal, whatever the message says. */
function pageOf(link) {
  const url = new URL(link || "/", self.location.origin);
  return url.origin === self.location.origin ? url.href : `${self.location.origin}/`;
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const page = pageOf(event.notification.data?.link);
  event.waitUntil(
    self.clients.matchAll({ type: "window", includeUncontrolled: true }).then(async (windows) => {
      const open = windows.find((client) => "focus" in client);
      if (!open) return self.clients.openWindow(page);
      await open.focus();
      // An open page goes there itself and keeps what it holds.
      open.postMessage({ type: "open", path: page.slice(self.location.origin.length) });
      return open;
    }),
  );
});

/** The browser has changed its subscription: an open page, or the next one, tells the server. */
self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(
    self.clients
      .matchAll({ type: "window", includeUncontrolled: true })
      .then((windows) => windows.forEach((client) => client.postMessage({ type: "subscription" }))),
  );
});
