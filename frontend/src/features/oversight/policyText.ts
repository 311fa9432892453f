/** A policy file's text, told apart for the eye. Pure. Nothing here decides anything. */

export type TokenKind = "comment" | "head" | "plain" | "allow" | "deny" | "comma";

export interface Token {
  readonly start: number;
  readonly text: string;
  readonly kind: TokenKind;
}

export interface Line {
  readonly number: number;
  readonly tokens: readonly Token[];
}

export function highlight(text: string): Line[] {
  const lines = text.replace(/\n$/, "").split("\n");
  return lines.map((line, index) => ({ number: index + 1, tokens: tokensOf(line) }));
}

function tokensOf(line: string): Token[] {
  if (line.trim() === "") return [];
  if (line.trimStart().startsWith("#")) return [{ start: 0, text: line, kind: "comment" }];
  const tokens: Token[] = [];
  let start = 0;
  for (const text of line.split(/(,)/)) {
    if (text !== "") tokens.push({ start, text, kind: kindOf(text.trim(), start === 0) });
    start += text.length;
  }
  return tokens;
}

function kindOf(word: string, first: boolean): TokenKind {
  if (word === ",") return "comma";
  if (first) return "head";
  return word === "allow" || word === "deny" ? word : "plain";
}
