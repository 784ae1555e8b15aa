import type { Outcome } from "@ingot/diag";
import type { Expression } from "./ast.js";
import { parseBareTemplate } from "./parse-template.js";
import { orErrorExpression, parseWith } from "./parse-with.js";
import type { SourceFile } from "./source-file.js";

/** Parses a template file: literal text with `${ … }` and `%{ … }`. With errors the value is an `error` expression. */
export function parseTemplateFile(file: SourceFile): Outcome<Expression> {
  return orErrorExpression(
    file,
    parseWith(file, "template", (cursor) => cursor.attempt(() => parseBareTemplate(cursor))),
  );
}
