/** One socket for the whole page: topics are counted, a lost connection resumes after the last event seen. */
import { useEffect, useSyncExternalStore } from "react";
import type { Alert, Device, Observation } from "../api/types";
import { apiBase, get } from "./api";

interface Envelope<Type extends string, Data> {
  readonly id: string;
  readonly topic: string;
  readonly type: Type;
  readonly data: Data;
}

export type AlertEventType =
  | "alert_raised"
  | "alert_updated"
  | "alert_acknowledged"
  | "alert_resolved"
  | "alert_escalated";

export type LiveEvent =
  | Envelope<"observation_recorded" | "observation_updated", { readonly observation: Observation }>
  | Envelope<AlertEventType, { readonly alert: Alert }>
  | Envelope<"device_updated", { readonly device?: Device }>
  | Envelope<"session_closed" | "access_changed", Record<string, never>>
  | Envelope<"notice", { readonly text: string; readonly level: string }>;

type Handler = (event: LiveEvent) => void;
export type LivePhase = "idle" | "connecting" | "live" | "lost";

export interface LiveState {
  readonly phase: LivePhase;
  /** Epoch ms of the last sign of life. */
  readonly lastAt: number | null;
}

const sessionEndedCode = 4401;
const firstRetryMs = 500;
const longestRetryMs = 15_000;
/** A network can die without a word: every so often something is asked whose answer must come. */
const heartbeatMs = 25_000;
const answerWithinMs = 8_000;

export class LiveClient {
  private socket: WebSocket | null = null;
  private readonly handlers = new Map<string, Set<Handler>>();
  private readonly listeners = new Set<() => void>();
  private readonly resetListeners = new Set<() => void>();
  private readonly goneListeners = new Set<(topic: string) => void>();
  private state: LiveState = { phase: "idle", lastAt: null };
  private lastId: string | null = null;
  private attempts = 0;
  private beat: ReturnType<typeof setTimeout> | null = null;
  private retry: ReturnType<typeof setTimeout> | null = null;
  private running = false;
  onSessionEnded: (() => void) | null = null;

  start(): void {
    if (this.running) return;
    this.running = true;
    this.connect();
    window.addEventListener("online", this.hurry);
    window.addEventListener("offline", this.drop);
    document.addEventListener("visibilitychange", this.hurry);
  }

  stop(): void {
    this.running = false;
    window.removeEventListener("online", this.hurry);
    window.removeEventListener("offline", this.drop);
    document.removeEventListener("visibilitychange", this.hurry);
    if (this.retry) clearTimeout(this.retry);
    this.retry = null;
    this.silence();
    this.lastId = null;
    this.attempts = 0;
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.set({ phase: "idle", lastAt: null });
  }

  listen(topic: string, handler: Handler): () => void {
    const present = this.handlers.get(topic);
    const set = present ?? new Set<Handler>();
    set.add(handler);
    if (!present) {
      this.handlers.set(topic, set);
      this.send({ subscribe: [topic] });
    }
    return () => {
      set.delete(handler);
      if (set.size > 0 || this.handlers.get(topic) !== set) return;
      this.handlers.delete(topic);
      this.send({ unsubscribe: [topic] });
    };
  }

  onReset(listener: () => void): () => void {
    this.resetListeners.add(listener);
    return () => this.resetListeners.delete(listener);
  }

  /** The reader lost a topic: a permission was withdrawn. */
  onGone(listener: (topic: string) => void): () => void {
    this.goneListeners.add(listener);
    return () => this.goneListeners.delete(listener);
  }

  readonly subscribeState = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getState = (): LiveState => this.state;

  private set(state: LiveState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }

  private send(message: Readonly<Record<string, unknown>>): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  private connect(): void {
    if (!this.running) return;
    if (this.state.phase === "idle") this.set({ ...this.state, phase: "connecting" });
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${apiBase}/live`);
    this.socket = socket;
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.attempts = 0;
      this.expectBeat(socket);
      this.set({ phase: "live", lastAt: Date.now() });
      const topics = [...this.handlers.keys()];
      if (topics.length > 0) this.send({ subscribe: topics, ...(this.lastId === null ? {} : { after: this.lastId }) });
    };
    socket.onmessage = (message) => this.receive(message.data);
    socket.onclose = (close) => {
      if (this.socket !== socket) return;
      this.socket = null;
      // A refused handshake does not say why. Asking who is signed in does, and ends the session if nobody is.
      if (!opened) void get("/auth/me").catch(() => undefined);
      this.lost(close.code);
    };
  }

  private lost(code: number): void {
    if (!this.running) return;
    this.silence();
    if (code === sessionEndedCode) {
      this.stop();
      this.onSessionEnded?.();
      return;
    }
    const lastAt = this.state.phase === "live" ? Date.now() : this.state.lastAt;
    this.set({ phase: "lost", lastAt });
    const wait = Math.min(longestRetryMs, firstRetryMs * 2 ** this.attempts);
    this.attempts += 1;
    if (this.retry) clearTimeout(this.retry);
    this.retry = setTimeout(() => this.connect(), wait * (0.75 + Math.random() / 2));
  }

  /** Subscribing again to what is subscribed changes nothing, and is answered. */
  private expectBeat(socket: WebSocket): void {
    this.silence();
    this.beat = setTimeout(() => {
      const askedAt = Date.now();
      this.send({ subscribe: ["me"] });
      this.beat = setTimeout(() => {
        if (this.socket !== socket) return;
        if ((this.state.lastAt ?? 0) >= askedAt) this.expectBeat(socket);
        else this.drop();
      }, answerWithinMs);
    }, heartbeatMs);
  }

  private silence(): void {
    if (this.beat) clearTimeout(this.beat);
    this.beat = null;
  }

  private readonly hurry = (): void => {
    if (!this.running || this.socket || document.visibilityState === "hidden") return;
    if (this.retry) clearTimeout(this.retry);
    this.connect();
  };

  private readonly drop = (): void => {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.lost(0);
  };

  private receive(text: unknown): void {
    if (typeof text !== "string") return;
    const event = JSON.parse(text) as { id?: string; type: string; topic?: string };
    if (event.id !== undefined) this.lastId = event.id;
    this.state = { ...this.state, lastAt: Date.now() };
    if (event.type === "reset") {
      this.lastId = null;
      for (const listener of this.resetListeners) listener();
    } else if (event.type === "closed") {
      for (const listener of this.goneListeners) listener(event.topic ?? "");
    } else if (event.type !== "subscribed" && event.type !== "refused" && event.topic) {
      for (const handler of this.handlers.get(event.topic) ?? []) handler(event as LiveEvent);
    }
  }
}

export const live = new LiveClient();

/** Hears a topic while mounted. `null` hears nothing. Keep `handler` stable with useCallback. */
export function useLiveTopic(topic: string | null, handler: Handler): void {
  useEffect(() => (topic === null ? undefined : live.listen(topic, handler)), [topic, handler]);
}

export function useLiveState(): LiveState {
  return useSyncExternalStore(live.subscribeState, live.getState);
}
