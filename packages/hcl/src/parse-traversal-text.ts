import type { Outcome } from "@ingot/diag";
import type { TraversalExpression } from "./ast.js";
import { parseExpression } from "./parse-expression.js";
import { parseWhole, parseWith, type SourceText } from "./parse-with.js";
import { SourceFile } from "./source-file.js";
import { TokenKind } from "./token-kind.js";

/** Parses a reference such as `source.null.a` or `var.list[0]`. With errors the value is undefined. */
export function parseTraversalText(text: SourceText): Outcome<TraversalExpression | undefined> {
  const file = new SourceFile(text.filename, text.source);
  return parseWith(file, "code", (cursor) => {
    cursor.setNewlines(false);
    return cursor.attempt(() => {
      if (cursor.peek() !== TokenKind.Identifier) {
        cursor.failAtNext({ summary: "Variable name required", detail: "Must begin with a variable name." });
      }
      const expression = parseWhole(cursor, parseExpression);
      if (expression.kind === "traversal") return expression;
      return cursor.fail({
        summary: "Invalid reference",
        detail: "Only a variable name, attribute names and constant indexes can be used here.",
        subject: expression,
      });
    });
  });
}
