import type { Outcome } from "@ingot/diag";
import type { Expression } from "./ast.js";
import { parseExpression } from "./parse-expression.js";
import { orErrorExpression, parseWhole, parseWith, type SourceText } from "./parse-with.js";
import { SourceFile } from "./source-file.js";

/** Parses a text that is one expression. Newlines mean nothing in it. With errors the value is an `error` expression. */
export function parseExpressionText(text: SourceText): Outcome<Expression> {
  return parseExpressionFile(new SourceFile(text.filename, text.source));
}

/** As `parseExpressionText`, from a file whose offsets the caller wants to use. */
export function parseExpressionFile(file: SourceFile): Outcome<Expression> {
  return orErrorExpression(
    file,
    parseWith(file, "code", (cursor) => {
      cursor.setNewlines(false);
      return cursor.attempt(() => parseWhole(cursor, parseExpression));
    }),
  );
}
