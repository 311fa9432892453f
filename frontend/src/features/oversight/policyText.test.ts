import { expect, test } from "vitest";
import { highlight } from "./policyText";

test("nothing of the text is lost", () => {
  const text = "# head\n\np, nurse, alert, read, any_patient, allow\ng, nurse,professional\n";
  const lines = highlight(text);
  expect(`${lines.map((line) => line.tokens.map((token) => token.text).join("")).join("\n")}\n`).toBe(text);
});

test("comments, the kind of rule and its effect are told apart", () => {
  const [comment, rule] = highlight("# p, nurse, deny\np, nurse, alert, read, any, deny");
  expect(comment?.tokens.map((token) => token.kind)).toEqual(["comment"]);
  expect(rule?.tokens.map((token) => token.kind).filter((kind) => kind !== "comma")).toEqual([
    "head",
    "plain",
    "plain",
    "plain",
    "plain",
    "deny",
  ]);
});
