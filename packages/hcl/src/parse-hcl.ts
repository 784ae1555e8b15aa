import type { Outcome } from "@ingot/diag";
import type { BodyNode } from "./ast.js";
import { parseFileBody } from "./parse-body.js";
import { parseWith, type SourceText } from "./parse-with.js";
import { SourceFile } from "./source-file.js";

/**
 * Parses a file in native syntax. There is always a body; with errors it lacks the items that could not be read, and should
 * not be evaluated. Mistakes that do not depend on each other are all reported, in the order of the file, up to a hundred.
 */
export function parseHcl({ filename, source }: SourceText): Outcome<BodyNode> {
  return parseWith(new SourceFile(filename, source), "code", parseFileBody);
}
