/** Addresses of the API by method, from its description: a mistyped or vanished one fails the type check. */
import type { paths } from "./schema";

type Method = "get" | "post" | "put" | "patch" | "delete";

/** "/users/{user_id}" stands for "/users/" and anything. */
type Filled<Path extends string> = Path extends `${infer Start}{${string}}${infer Rest}`
  ? `${Start}${string}${Filled<Rest>}`
  : Path;

export type ApiPath<M extends Method> = {
  [Path in keyof paths]: [paths[Path][M]] extends [undefined]
    ? never
    : Path extends `/api/v1${infer Short}`
      ? Filled<Short>
      : never;
}[keyof paths];
