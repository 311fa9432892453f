/** The one way to the server: JSON over fetch, the CSRF token on unsafe methods, failures as `Problem`. */
import type { ApiPath } from "../api/paths";
import type { Page } from "../api/types";

export const apiBase = "/api/v1";

export interface FieldError {
  readonly loc: readonly (string | number)[] | string;
  readonly msg: string;
}

/** An answer other than success, as problem details say it. Status 0: the server was not reached. */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  readonly errors: readonly FieldError[];
  readonly retryAfterS: number | null;

  constructor(
    status: number,
    title: string,
    detail: string,
    errors: readonly FieldError[] = [],
    retryAfterS: number | null = null,
  ) {
    super(detail || title);
    this.name = "Problem";
    this.status = status;
    this.title = title;
    this.errors = errors;
    this.retryAfterS = retryAfterS;
  }
}

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

let csrfToken: string | null = null;
let sessionEnded: (() => void) | null = null;

/** The token comes with the signed-in person, and goes with them. */
export function setCsrfToken(token: string | null): void {
  csrfToken = token;
}

/** Called when the server answers 401 to somebody who was signed in. */
export function onSessionEnded(listener: () => void): void {
  sessionEnded = listener;
}

export function endSession(): void {
  const hadSession = csrfToken !== null;
  csrfToken = null;
  if (hadSession) sessionEnded?.();
}

export function get<T>(path: ApiPath<"get">, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return send<T>("GET", path, { query, signal });
}

export function post<T>(path: ApiPath<"post">, body: unknown = {}): Promise<T> {
  return send<T>("POST", path, { body });
}

export function put<T>(path: ApiPath<"put">, body: unknown): Promise<T> {
  return send<T>("PUT", path, { body });
}

export function patch<T>(path: ApiPath<"patch">, body: unknown): Promise<T> {
  return send<T>("PATCH", path, { body });
}

export function del<T = void>(path: ApiPath<"delete">): Promise<T> {
  return send<T>("DELETE", path, {});
}

const mostPages = 50;

/** Every page of a list. Stops at 50 pages, which no screen shows. */
export async function getAll<T>(path: ApiPath<"get">, query: Query = {}, signal?: AbortSignal): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < mostPages; page++) {
    const answer: Page<T> = await get<Page<T>>(path, { limit: 200, ...query, cursor }, signal);
    items.push(...answer.items);
    cursor = answer.next;
    if (cursor === null) break;
  }
  return items;
}

interface Request {
  readonly query?: Query;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

async function send<T>(method: string, path: string, { query, body, signal }: Request): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET" && csrfToken !== null) headers["X-CSRF-Token"] = csrfToken;
  let response: Response;
  try {
    response = await fetch(address(path, query), {
      method,
      headers,
      credentials: "same-origin",
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem(0, "Not reached", "The server could not be reached.");
  }
  if (!response.ok) throw await problemOf(response, path);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

function address(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return `${apiBase}${path}${text ? `?${text}` : ""}`;
}

async function problemOf(response: Response, path: string): Promise<Problem> {
  if (response.status === 401 && path !== "/auth/login") endSession();
  const retry = Number(response.headers.get("Retry-After"));
  const body: unknown = await response.json().catch(() => null);
  const fields = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  return new Problem(
    response.status,
    typeof fields.title === "string" ? fields.title : response.statusText,
    typeof fields.detail === "string" ? fields.detail : "",
    Array.isArray(fields.errors) ? (fields.errors as FieldError[]) : [],
    Number.isFinite(retry) && retry > 0 ? retry : null,
  );
}
