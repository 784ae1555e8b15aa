import { readFileSync } from "node:fs";
import path from "node:path";
import { SourceFile } from "@ingot/hcl";
import { JsonSyntaxError, openErrorText, parseJson } from "@ingot/template";
import type { SourceRange } from "@ingot/diag";
import { goKindOf, type JsonValue } from "./json-kind.js";
import { pluginKeyProblems } from "./plugin-keys.js";

const SWITCHES = ["disable_checkpoint", "disable_checkpoint_signature"];
const LEGACY_KINDS = ["provisioners", "post-processors", "builders"];

/** What the configuration file says, and where. */
export interface Configuration {
  /** By key in lower case. */
  readonly entries: ReadonlyMap<string, JsonValue>;
  readonly source: SourceFile;
  /** Where an element of a list stands. */
  readonly rangeOf: (list: readonly JsonValue[], index: number) => SourceRange | undefined;
}

/** What the file says, or what is wrong with it, in the words that Packer's users know. */
export type ConfigurationFile = Configuration | { readonly problem: string };

/**
 * Reads the configuration file. Of the settings that Packer has none changes what Ingot does: there is no update check to turn off. Those for
 * plugins are ours.
 */
export function readConfiguration(file: string, workingDirectory: string): ConfigurationFile {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path.resolve(workingDirectory, file));
  } catch (error) {
    return { problem: openErrorText(file, error) };
  }
  try {
    const { value, spanOf } = parseJson(bytes, { firstValueOnly: true });
    const checked = checkValue(value, file);
    if ("problem" in checked) return checked;
    const source = new SourceFile(file, bytes);
    const rangeOf = (list: readonly JsonValue[], index: number): SourceRange | undefined => {
      const span = spanOf(list, index);
      return span && source.range(span);
    };
    return { ...checked, source, rangeOf };
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    if (!error.message.startsWith("unexpected end of JSON input")) return { problem: error.message };
    return { problem: Buffer.from(bytes).toString("latin1").trim() === "" ? "EOF" : "unexpected EOF" };
  }
}

function checkValue(value: JsonValue, file: string): Pick<Configuration, "entries"> | { readonly problem: string } {
  if (value === null) return { entries: new Map() };
  if (!(value instanceof Map))
    return { problem: `json: cannot unmarshal ${goKindOf(value)} into Go value of type main.config` };
  const entries = value as ReadonlyMap<string, JsonValue>; // maps of JSON have no other keys and values
  const own = pluginKeyProblems(entries).map((problem) => `${file}: ${problem}`);
  const problem = problemIn(entries, file) ?? (own.length > 0 ? own.join("\n") : undefined);
  if (problem !== undefined) return { problem };
  return { entries: new Map([...entries].map(([key, field]) => [key.toLowerCase(), field])) };
}

function problemIn(entries: ReadonlyMap<string, JsonValue>, file: string): string | undefined {
  const legacy: string[] = [];
  for (const [key, field] of entries) {
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
    for (const [key, field] of entries) {
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
  return `json: cannot unmarshal ${goKindOf(value)} into Go struct field config.${field} of type ${type}`;
}
