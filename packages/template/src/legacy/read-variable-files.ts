import { messageOf, systemReason } from "@ingot/diag";
import { codeOf } from "../system-error.js";
import type { VariableAssignment } from "../parse-options.js";
import type { TemplateWorld } from "../model.js";
import { LegacyError } from "./go-errors.js";
import { JsonSyntaxError, parseJson, type JsonValue } from "./go-json.js";
import { goKindName, isJsonArray, isJsonObject } from "./go-value-text.js";

/** Reads variable files in order, and puts the values of -var over them. Throws LegacyError. */
export function readGivenVariables(
  world: TemplateWorld,
  options: { readonly files: readonly string[]; readonly assignments: readonly VariableAssignment[] },
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const path of options.files) for (const [name, text] of readFile(world, path)) values.set(name, text);
  for (const { name, text } of options.assignments) values.set(name, text);
  return values;
}

function readFile(world: TemplateWorld, path: string): readonly (readonly [string, string])[] {
  let bytes: Uint8Array;
  try {
    bytes = world.readFile(path);
  } catch (error) {
    throw new LegacyError(openErrorText(path, error));
  }
  try {
    const { value } = parseJson(bytes);
    if (value === null) return [];
    if (!isJsonObject(value)) throw new LegacyError(mismatch(value, "map[string]string"));
    return [...value].map(([name, item]) => [name, textOf(item)] as const);
  } catch (error) {
    if (!(error instanceof LegacyError) && !(error instanceof JsonSyntaxError)) throw error;
    throw new LegacyError(`Error reading variables in '${path}': ${error.message}`);
  }
}

/** Says why a file can't be opened, in the system's words. */
export function openErrorText(path: string, error: unknown): string {
  const reason = systemReason(error);
  if (reason === undefined) return messageOf(error);
  return `${codeOf(error) === "EISDIR" ? "read" : "open"} ${path}: ${reason}`;
}

function textOf(value: JsonValue): string {
  if (value === null) return "";
  if (typeof value === "string") return value;
  throw new LegacyError(mismatch(value, "string"));
}

function mismatch(value: JsonValue, wanted: string): string {
  const kind = isJsonArray(value)
    ? "array"
    : isJsonObject(value)
      ? "object"
      : typeof value === "boolean"
        ? "bool"
        : goKindName(value).replace("float64", "number");
  return `json: cannot unmarshal ${kind} into Go value of type ${wanted}`;
}
