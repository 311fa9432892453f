/** Pushes to this browser: the service worker, the browser's permission, and the subscription at the server. */
import { del, get, post } from "./api";

/** Why this browser gets no pushes, or that it does. */
export type PushState = "unsupported" | "denied" | "off" | "on";

interface Subscription {
  readonly id: string;
}

const chosenKey = "pmp.push.on";

function isSupported(): boolean {
  return "serviceWorker" in navigator && "PushManager" in window && "Notification" in window && isSecureContext;
}

/** Registers the worker; ``navigate`` is called when a notification asks for a page. */
export function startServiceWorker(navigate: (path: string) => void): void {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register("/sw.js").catch(() => undefined);
  navigator.serviceWorker.addEventListener("message", (message: MessageEvent<{ type?: string; link?: string }>) => {
    const { type, link } = message.data ?? {};
    if (type === "open" && link?.startsWith("/")) navigate(link);
  });
}

async function subscription(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker.ready;
  return registration.pushManager.getSubscription();
}

export async function pushState(): Promise<PushState> {
  if (!isSupported()) return "unsupported";
  if (Notification.permission === "denied") return "denied";
  return (await subscription()) ? "on" : "off";
}

/** Asks the reader for permission, subscribes the browser and tells the server. The state after that. */
export async function turnOnPush(): Promise<PushState> {
  if (!isSupported()) return "unsupported";
  if ((await Notification.requestPermission()) !== "granted") {
    return Notification.permission === "denied" ? "denied" : "off";
  }
  await subscribe();
  return "on";
}

async function subscribe(): Promise<void> {
  const registration = await navigator.serviceWorker.ready;
  const { key } = await get<{ readonly key: string }>("/notifications/vapid-key");
  const options = { userVisibleOnly: true, applicationServerKey: bytesOf(key) };
  let made: PushSubscription;
  try {
    made = await registration.pushManager.subscribe(options);
  } catch (error) {
    // A subscription under another key, as after a new installation, is in the way.
    const old = await registration.pushManager.getSubscription();
    if (!old) throw error;
    await old.unsubscribe();
    made = await registration.pushManager.subscribe(options);
  }
  const { endpoint, keys } = made.toJSON();
  const keysOnly = { p256dh: keys?.p256dh, auth: keys?.auth };
  remember((await post<Subscription>("/me/push-subscriptions", { endpoint, keys: keysOnly })).id);
}

/** Ends this browser's pushes. */
export async function turnOffPush(): Promise<void> {
  const id = remembered();
  remember(null);
  if (id) await del(`/me/push-subscriptions/${id}`).catch(() => undefined);
  await (await subscription())?.unsubscribe();
}

/** The id under which the server knows this browser, if pushes were turned on in it. */
export function thisBrowser(): string | null {
  return remembered();
}

/** Tells the server again what it may have lost, for who has turned pushes on in this browser. */
export async function renewPush(): Promise<void> {
  if (!isSupported() || Notification.permission !== "granted" || remembered() === null) return;
  await subscribe().catch(() => undefined);
}

function bytesOf(base64Url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64Url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function remember(id: string | null): void {
  try {
    if (id) localStorage.setItem(chosenKey, id);
    else localStorage.removeItem(chosenKey);
  } catch {
    // Nothing is kept: pushes go on until the subscription ends.
  }
}

function remembered(): string | null {
  try {
    return localStorage.getItem(chosenKey);
  } catch {
    return null;
  }
}
