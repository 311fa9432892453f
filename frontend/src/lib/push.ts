/** Web push in this browser: the service worker, and the subscription that the server is told of. */
import type { SubscriptionIn } from "../api/types";
import { get, post } from "./api";

/** Why pushes cannot be had here, or whether they are on. `denied`: the person or an administrator forbade them. */
export type PushState = "unsupported" | "insecure" | "needsHomeScreen" | "denied" | "off" | "on";

const keptKey = "pmp.push";

/** What this browser's storage remembers: whose pushes it shows, and as which browser the server knows it. */
interface Kept {
  readonly userId: string;
  readonly browser: string;
}

/** Registers the worker; `onOpen` gets the paths that pressed notifications lead to. */
export function startServiceWorker(onOpen: (path: string) => void): void {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    const path = pathToOpen(data);
    if (path !== null) onOpen(path);
  });
  // Without it the portal works; only pushes are missing, and the notifications page says so.
  navigator.serviceWorker.register("/sw.js", { scope: "/", updateViaCache: "none" }).catch(() => undefined);
}

export function pathToOpen(message: unknown): string | null {
  if (typeof message !== "object" || message === null) return null;
  const { type, link } = message as { type?: unknown; link?: unknown };
  if (type !== "open" || typeof link !== "string") return null;
  return link.startsWith("/") && !link.startsWith("//") && !link.includes("\\") ? link : null;
}

export async function pushState(userId: string): Promise<PushState> {
  if (!window.isSecureContext) return "insecure";
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) {
    return isApplePhone() ? "needsHomeScreen" : "unsupported";
  }
  if (Notification.permission === "denied") return "denied";
  const subscription = await (await registration()).pushManager.getSubscription();
  return subscription && Notification.permission === "granted" && kept()?.userId === userId ? "on" : "off";
}

/** Asks the person, then the browser, then tells the server. False: the person said no. */
export async function turnPushOn(userId: string): Promise<boolean> {
  if ((await Notification.requestPermission()) !== "granted") return false;
  await subscribe(userId);
  return true;
}

export async function turnPushOff(): Promise<void> {
  localStorage.removeItem(keptKey);
  const subscription = await (await registration()).pushManager.getSubscription();
  await subscription?.unsubscribe();
}

/** A browser may have replaced its subscription while nobody was signed in: the server is told now. */
export async function keepPushOn(userId: string): Promise<void> {
  const known = kept();
  if (known?.userId !== userId) return;
  const state = await pushState(userId);
  if ((state !== "on" && state !== "off") || Notification.permission !== "granted") return;
  const subscription = await (await registration()).pushManager.getSubscription();
  if (subscription && (await browserOf(subscription.endpoint)) === known.browser) return;
  await subscribe(userId);
}

/** How the server names this browser; null if it gets no pushes. */
export async function thisBrowser(): Promise<string | null> {
  if (!window.isSecureContext || !("serviceWorker" in navigator) || !("PushManager" in window)) return null;
  const subscription = await (await registration()).pushManager.getSubscription();
  return subscription && browserOf(subscription.endpoint);
}

async function subscribe(userId: string): Promise<void> {
  const { key } = await get<{ readonly key: string }>("/notifications/vapid-key");
  const { pushManager } = await registration();
  const old = await pushManager.getSubscription();
  // A subscription under another installation's key cannot be pushed to.
  if (old && !sameBytes(old.options.applicationServerKey, bytesOf(key))) await old.unsubscribe();
  const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) });
  const body: SubscriptionIn = { ...(subscription.toJSON() as SubscriptionIn), name: browserName() };
  await post("/me/push-subscriptions", body);
  const remembered: Kept = { userId, browser: await browserOf(subscription.endpoint) };
  localStorage.setItem(keptKey, JSON.stringify(remembered));
}

const readyWithinMs = 10_000;

/** The browser's promise never settles where a worker could not be registered; this one does. */
function registration(): Promise<ServiceWorkerRegistration> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error("There is no service worker.")), readyWithinMs);
  });
  return Promise.race([navigator.serviceWorker.ready, late]);
}

function kept(): Kept | null {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(keptKey) ?? "null");
    return typeof found === "object" && found !== null && "userId" in found && "browser" in found
      ? (found as Kept)
      : null;
  } catch {
    return null;
  }
}

export async function browserOf(endpoint: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  return [...new Uint8Array(digest).slice(0, 16)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function sameBytes(a: ArrayBuffer | null, b: Uint8Array): boolean {
  if (a === null || a.byteLength !== b.length) return false;
  return new Uint8Array(a).every((byte, place) => byte === b[place]);
}

const browsers: readonly (readonly [RegExp, string])[] = [
  [/Edg(A|iOS)?\//, "Edge"],
  [/(OPR|Opera)\//, "Opera"],
  [/SamsungBrowser\//, "Samsung Internet"],
  [/(Firefox|FxiOS)\//, "Firefox"],
  [/(Chrome|Chromium|CriOS)\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const systems: readonly (readonly [RegExp, string])[] = [
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X|Macintosh/, "Mac"],
  [/CrOS/, "Chromebook"],
  [/Linux/, "Linux"],
];

/** "Firefox · Android": proper names, the same in every language. */
export function browserName(agent: string = navigator.userAgent): string {
  const found = [browsers, systems].map((names) => names.find(([pattern]) => pattern.test(agent))?.[1]);
  return found.filter(Boolean).join(" · ") || "Web";
}

function isApplePhone(): boolean {
  return (
    /iPhone|iPad/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1)
  );
}
