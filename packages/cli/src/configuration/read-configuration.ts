import { readFileSync } from "node:fs";
import path from "node:path";
import { JsonSyntaxError, openErrorText, parseJson, type JsonValue } from "@ingot/template";

const SWITCHES = ["disable_checkpoint", "disable_checkpoint_signature"];
const LEGACY_KINDS = ["provisioners", "post-processors", "builders"];

/**
 * Reads the configuration file and gives what is wrong with it, in the words that Packer's users know; undefined for a good one. None of
 * its settings changes what Ingot does: there is no update check to turn off.
 */
export function readConfiguration(file: string, workingDirectory: string): string | undefined {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path.resolve(workingDirectory, file));
  } catch (error) {
    return openErrorText(file, error);
  }
  try {
    return problemIn(parseJson(bytes, { firstValueOnly: true }).value, file);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    if (!error.message.startsWith("unexpected end of JSON input")) return error.message;
    return Buffer.from(bytes).toString("latin1").trim() === "" ? "EOF" : "unexpected EOF";
  }
}

function problemIn(value: JsonValue, file: string): string | undefined {
  if (value === null) return undefined;
  if (!(value instanceof Map)) return `json: cannot unmarshal ${goName(value)} into Go value of type main.config`;
  const legacy: string[] = [];
  for (const [key, field] of value as ReadonlyMap<string, JsonValue>) {
    const name = key.toLowerCase();
    if (field === null) continue;
    if (SWITCHES.includes(name) && typeof field !== "boolean") return wrongField(field, name, "bool");
    if (!LEGACY_KINDS.includes(name)) continue;
    if (!(field instanceof Map)) return wrongField(field, name, "map[string]string");
    for (const entry of (field as ReadonlyMap<string, JsonValue>).values()) {
      if (entry !== null && typeof entry !== "string") return wrongField(entry, name, "string");
    }
  }
  for (const kind of LEGACY_KINDS) {
    for (const [key, field] of value as ReadonlyMap<string, JsonValue>) {
      if (key.toLowerCase() === kind && field instanceof Map)
        legacy.push(...[...field.values()].map((entry) => `- ${String(entry)}`));
    }
  }
  return legacy.length === 0 ? undefined : legacyText(file, legacy);
}

function legacyText(file: string, entries: readonly string[]): string {
  return [
    `${file}: Your configuration file describes some legacy components: `,
    ...entries,
    "Packer does not support these mono-component plugins anymore.",
    "Please refer to our Installing Plugins docs for an overview of how to manage installation of local plugins:",
    "https://developer.hashicorp.com/packer/docs/plugins/install-plugins",
  ].join("\n");
}

function wrongField(value: JsonValue, field: string, type: string): string {
  return `json: cannot unmarshal ${goName(value)} into Go struct field config.${field} of type ${type}`;
}

function goName(value: JsonValue): string {
  if (typeof value === "boolean") return "bool";
  if (typeof value !== "object" || value === null) return typeof value;
  return value instanceof Map ? "object" : "array";
}
