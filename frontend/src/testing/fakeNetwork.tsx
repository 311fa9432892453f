/** A page in a test: real components, cache and router; only the network is played. */

import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { configure, render } from "@testing-library/react";
import type { ReactNode } from "react";
import { vi } from "vitest";
import { meKey } from "../api/me";
import type { Me } from "../api/types";
import { Providers } from "../app/Providers";
import { live } from "../lib/live";
import { createQueryClient } from "../lib/queryClient";

/** A busy machine takes longer to render than the library's second. */
configure({ asyncUtilTimeout: 10_000 });
vi.setConfig({ testTimeout: 30_000 });

export interface FakeCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/** A failure with a reason, and with what is wrong where. */
export class Refusal {
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly errors: readonly { readonly loc: readonly string[]; readonly msg: string }[] = [],
  ) {}
}

/** What the server answers; a number is a failure of that status. */
export type FakeAnswer = object | number;
export type FakeServer = (call: FakeCall) => FakeAnswer;

/** Plays the API and returns every call made so far. */
export function playServer(server: FakeServer): FakeCall[] {
  const calls: FakeCall[] = [];
  vi.stubGlobal("fetch", async (input: string, init: RequestInit = {}) => {
    const url = new URL(input, "http://portal.test");
    const call: FakeCall = {
      method: init.method ?? "GET",
      path: url.pathname.replace("/api/v1", ""),
      query: url.searchParams,
      body: typeof init.body === "string" ? JSON.parse(init.body) : null,
    };
    calls.push(call);
    const answer = server(call);
    if (answer instanceof Refusal) return Response.json({ title: "Refused", ...answer }, { status: answer.status });
    if (typeof answer !== "number") return Response.json(answer);
    return Response.json({ title: "Failed", detail: "Played failure.", status: answer }, { status: answer });
  });
  return calls;
}

class PlayedSocket extends EventTarget {
  static newest: PlayedSocket | null = null;
  static readonly OPEN = 1;
  readyState = 0;
  readonly sent: unknown[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((close: { code: number }) => void) | null = null;

  constructor() {
    super();
    PlayedSocket.newest = this;
  }

  open(): void {
    this.readyState = PlayedSocket.OPEN;
    this.onopen?.();
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.readyState = 3;
  }
}

let lastEvent = 0;

/** The live socket says something. The page must have been rendered by `renderPage`. */
export function receive(topic: string, type: string, data: object): void {
  lastEvent += 1;
  PlayedSocket.newest?.onmessage?.({ data: JSON.stringify({ id: String(lastEvent), topic, type, data }) });
}

const bob: Me = {
  id: "u-bob",
  username: "bob",
  name: "Bob",
  roles: ["nurse"],
  permissions: [
    "alert:acknowledge",
    "alert:read",
    "alert:resolve",
    "alert_rule:read",
    "alert_rule:update",
    "observation:create",
    "observation:mark_in_error",
    "observation:read",
    "observation:review",
  ],
  csrf_token: "token",
  patient_id: null,
  demo: false,
};

export function renderPage(page: ReactNode, me: Partial<Me> = {}) {
  vi.stubGlobal("WebSocket", PlayedSocket);
  live.stop();
  live.start();
  PlayedSocket.newest?.open();
  const queryClient = createQueryClient();
  queryClient.setDefaultOptions({ queries: { retry: false } });
  queryClient.setQueryData(meKey, { ...bob, ...me });
  const router = createRouter({
    routeTree: createRootRoute({ component: () => page, notFoundComponent: () => page }),
    history: createMemoryHistory({ initialEntries: ["/"] }),
  });
  render(
    <Providers queryClient={queryClient}>
      <RouterProvider router={router} />
    </Providers>,
  );
  return { queryClient, router };
}
