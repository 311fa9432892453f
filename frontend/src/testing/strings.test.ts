import { expect, test } from "vitest";

const sources = import.meta.glob<string>(["../features/**/*.{ts,tsx}", "!../**/*.test.*"], {
  eager: true,
  query: "?raw",
  import: "default",
});
const strings = import.meta.glob<Record<string, unknown>>("../features/*/en.json", { eager: true, import: "default" });

function has(words: unknown, key: string): boolean {
  const [first = "", ...rest] = key.split(".");
  if (typeof words !== "object" || words === null) return false;
  const found = Object.entries(words).find(
    ([name]) => name === first || name.replace(/_(zero|one|other)$/, "") === first,
  );
  return found !== undefined && (rest.length === 0 || has(found[1], rest.join(".")));
}

function keysIn(source: string): string[] {
  return [...source.matchAll(/\bt\(\s*"([\w.-]+)"\s*[,)]/g)].map(([, key = ""]) => key);
}

test("every word asked for by name is written down", () => {
  const missing: string[] = [];
  for (const [path, source] of Object.entries(sources)) {
    const feature = path.split("/")[2] ?? "";
    const used = /useTranslation\("(\w+)"\)/.exec(source)?.[1] ?? feature;
    const words = strings[`../features/${used}/en.json`];
    if (!words) continue;
    for (const key of keysIn(source)) if (!has(words, key)) missing.push(`${path}: ${key}`);
  }
  expect(missing).toEqual([]);
});
