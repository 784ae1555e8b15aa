import type { Outcome } from "@ingot/diag";
import { SourceFile } from "@ingot/hcl";
import { decodeDocument } from "../decode-document.js";
import { LegacyError } from "../go-errors.js";
import { JsonSyntaxError, parseJson, type JsonValue } from "../go-json.js";
import { goKindName, isJsonObject } from "../go-value-text.js";
import { validateDocument } from "../validate-document.js";
import { FIXERS } from "./all-fixers.js";
import { jsonText } from "./json-text.js";
import { isDraftObject, toDraft } from "./template-draft.js";

/**
 * Runs all fixers on a legacy template and gives the new text. Undefined with one diagnostic, whose summary is the reference's whole
 * text, when that is not possible.
 */
export function fixTemplate(bytes: Uint8Array): Outcome<string | undefined> {
  try {
    const draft = toDraft(parse(bytes));
    if (!isDraftObject(draft)) throw new LegacyError("Error parsing template: the template is null");
    for (const fixer of FIXERS) fixer.fix(draft);
    return { value: jsonText(draft), diagnostics: [] };
  } catch (error) {
    if (!(error instanceof LegacyError)) throw error;
    const isParsing = error.message.startsWith("Error parsing template: ");
    const summary = isParsing ? error.message : `Error fixing: ${error.message}`;
    return { value: undefined, diagnostics: [{ severity: "error", summary, detail: "" }] };
  }
}

function parse(bytes: Uint8Array): JsonValue {
  try {
    const { value } = parseJson(bytes, { firstValueOnly: true });
    if (value === null || isJsonObject(value)) return value;
    const kind = Array.isArray(value) ? "array" : goKindName(value).replace("float64", "number");
    throw new LegacyError(
      `Error parsing template: json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`,
    );
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const isEmpty = new TextDecoder().decode(bytes).trim() === "";
    const reason =
      error.message !== "unexpected end of JSON input" ? error.message : isEmpty ? "EOF" : "unexpected EOF";
    throw new LegacyError(`Error parsing template: ${reason}`);
  }
}

/** Says what is wrong with a fixed template; undefined when it is good. */
export function checkFixedTemplate(text: string): string | undefined {
  const advice = "\n\nThis is usually caused by an error in the input template.\nPlease fix the error and try again.";
  try {
    const invalid = validateDocument(decodeDocument(new SourceFile("-", text), { path: "-" }));
    if (invalid === undefined) return undefined;
    return `Error! Fixed template failed to validate: ${invalid.message}${advice}`;
  } catch (error) {
    if (!(error instanceof LegacyError)) throw error;
    return `Error! Fixed template fails to parse: ${error.message}${advice}`;
  }
}

/** The names of all fixers with what they do, in the order in which they run. */
export function listFixers(): readonly { readonly name: string; readonly synopsis: string }[] {
  return FIXERS.map(({ name, synopsis }) => ({ name, synopsis }));
}
