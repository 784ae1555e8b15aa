import { goKindOf, type JsonValue } from "./json-kind.js";

/** The keys of the configuration file that are ours, and what their values must be. */
const TEXTS = ["plugin_mirror", "extra_ca_file", "sigstore_trusted_root"];
const LISTS: Readonly<Record<string, string>> = {
  external_plugins: '["oci"]',
  plugin_registries: '["registry.example.com"]',
};
const POLICIES = ["off", "warn", "require"];

/** What is wrong with our own keys: one sentence each. What the values mean is checked where they are used. */
export function pluginKeyProblems(entries: ReadonlyMap<string, JsonValue>): readonly string[] {
  const problems: string[] = [];
  for (const [key, value] of entries) {
    if (value === null) continue;
    const must = mustBe(key.toLowerCase(), value);
    if (must !== undefined) problems.push(`"${key}" must be ${must}, but ${fault(key.toLowerCase(), value)}.`);
  }
  return problems;
}

function mustBe(key: string, value: JsonValue): string | undefined {
  if (TEXTS.includes(key)) return typeof value === "string" ? undefined : "a text";
  if (key === "plugin_signatures")
    return typeof value === "string" && POLICIES.includes(value) ? undefined : '"off", "warn" or "require"';
  if (key === "plugin_keys")
    return value instanceof Map ? undefined : 'an object such as { "github.com/acme/*": "acme.asc" }';
  const example = LISTS[key];
  if (example === undefined) return undefined;
  const isList = Array.isArray(value) && value.every((name) => typeof name === "string");
  return isList ? undefined : `a list of texts such as ${example}`;
}

function fault(key: string, value: JsonValue): string {
  if (typeof value === "string") return `is ${JSON.stringify(value)}`;
  const isList = Array.isArray(value) && LISTS[key] !== undefined;
  return isList ? "has a value that is no text" : `is of the type ${goKindOf(value)}`;
}
