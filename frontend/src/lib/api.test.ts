import { afterEach, expect, test, vi } from "vitest";
import { get, getAll, onSessionEnded, Problem, post, setCsrfToken } from "./api";

function answerWith(...answers: Response[]) {
  const fetcher = vi.fn(
    async (_path: string, _init: RequestInit) => answers.shift() ?? new Response(null, { status: 500 }),
  );
  vi.stubGlobal("fetch", fetcher);
  return fetcher;
}

afterEach(() => {
  setCsrfToken(null);
  vi.unstubAllGlobals();
});

test("an unsafe method carries the CSRF token, a safe one does not", async () => {
  setCsrfToken("secret");
  const fetcher = answerWith(Response.json({}), Response.json({}));
  await get("/users", { q: "a b", cursor: null });
  await post("/users", { name: "Bob" });
  expect(fetcher.mock.calls.map(([path]) => path)).toEqual(["/api/v1/users?q=a+b", "/api/v1/users"]);
  const headers = fetcher.mock.calls.map(([, init]) => new Headers(init.headers).get("X-CSRF-Token"));
  expect(headers).toEqual([null, "secret"]);
});

test("a refusal says what the server said", async () => {
  const problem = {
    title: "Conflict",
    status: 409,
    detail: "This name is taken.",
    errors: [{ loc: ["name"], msg: "taken" }],
  };
  answerWith(Response.json(problem, { status: 409 }));
  const error = await post("/users", {}).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Problem);
  expect(error).toMatchObject({ status: 409, message: "This name is taken.", errors: [{ msg: "taken" }] });
});

test("an unreachable server is a problem of status 0, a page of HTML is no crash", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("failed")));
  await expect(get("/users")).rejects.toMatchObject({ status: 0 });
  answerWith(new Response("<h1>Bad gateway</h1>", { status: 502, statusText: "Bad Gateway" }));
  await expect(get("/users")).rejects.toMatchObject({ status: 502 });
});

test("the end of a session is told once, and a wrong password is not one", async () => {
  const ended = vi.fn();
  onSessionEnded(ended);
  setCsrfToken("secret");
  answerWith(
    new Response(null, { status: 401 }),
    new Response(null, { status: 401 }),
    new Response(null, { status: 401 }),
  );
  await expect(post("/auth/login", {})).rejects.toMatchObject({ status: 401 });
  expect(ended).not.toHaveBeenCalled();
  await Promise.allSettled([get("/users"), get("/patients")]);
  expect(ended).toHaveBeenCalledTimes(1);
});

test("a list of several pages comes whole", async () => {
  const fetcher = answerWith(Response.json({ items: [1, 2], next: "more" }), Response.json({ items: [3], next: null }));
  expect(await getAll<number>("/patients")).toEqual([1, 2, 3]);
  expect(fetcher.mock.calls[1]?.[0]).toContain("cursor=more");
});
