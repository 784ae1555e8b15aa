// Writes docs/components.md from what the plugins that come with Ingot say about themselves. With --check it fails when the committed
// file differs. Needs the compiled packages (tsc -b).
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import prettier from "prettier";
import { startPlugin } from "../sdk/dist/testing/index.js";

const PLUGINS = ["core", "oci"];
const FILE = fileURLToPath(new URL("../docs/components.md", import.meta.url));
/** Numbers of the enums in proto/ingot/plugin/v1. */
const KINDS = [
  [1, "Builders"],
  [2, "Provisioners"],
  [3, "Post-processors"],
  [4, "Data sources"],
  [5, "Communicators"],
];
const TYPE_NAMES = ["", "any", "bool", "number", "string", "list", "set", "map", "object", "tuple"];
const NESTINGS = [
  "",
  "one block",
  "any number of blocks",
  "any number of blocks",
  "any number of blocks, one for each label",
];
/** Options that every builder with a communicator has. */
const CONNECTION = /^(communicator|pause_before_connecting|(ssh|winrm|temporary_key_pair)_.*)$/;

const components = (await Promise.all(PLUGINS.map(componentsOf))).flat();
const text = await prettier.format(documentText(), {
  ...(await prettier.resolveConfig(FILE)),
  parser: "markdown",
});
if (!process.argv.includes("--check")) writeFileSync(FILE, text);
else if (readFileSync(FILE, "utf8") !== text) {
  console.error("docs/components.md is not current: run node scripts/generate-component-docs.mjs");
  process.exitCode = 1;
}

async function componentsOf(name) {
  const plugin = await startPlugin(new URL(`../packages/plugin-${name}/dist/main.js`, import.meta.url));
  try {
    return (await plugin.describe()).components;
  } finally {
    await plugin[Symbol.asyncDispose]();
  }
}

function documentText() {
  const lines = [
    "# Components that come with Ingot",
    "",
    "<!-- Made by scripts/generate-component-docs.mjs from the plugins' own descriptions. Don't edit. -->",
    "",
    "Options without a default that are not required may be left out. A _duration_ is text such as `30s` or `1h30m`.",
    "The options that all provisioners and post-processors have are in the [user guide](user-guide.md).",
  ];
  for (const [kind, title] of KINDS) {
    const ofKind = components.filter((component) => component.kind === kind);
    if (ofKind.length === 0) continue;
    lines.push("", `## ${title}`);
    for (const component of ofKind.sort((a, b) => (a.name < b.name ? -1 : 1)))
      lines.push("", ...componentLines(component));
  }
  const connecting = components.find(isConnecting);
  if (connecting !== undefined) {
    lines.push("", "## Connection options", "");
    lines.push("Builders that take them say so. This release connects with the communicator `none` only.", "");
    lines.push(...optionTable(connecting.config, (name) => CONNECTION.test(name)));
  }
  return lines.join("\n");
}

function componentLines(component) {
  const lines = [`### \`${component.name}\``, "", component.summary];
  if (component.deprecated !== "") lines.push("", `Deprecated: ${component.deprecated}`);
  const own = optionTable(component.config, (name) => !isConnecting(component) || !CONNECTION.test(name));
  lines.push("", ...(own.length > 0 ? own : ["No options of its own."]));
  if (isConnecting(component)) lines.push("", "Takes the [connection options](#connection-options) too.");
  lines.push(...blockLines(component.config, component.name));
  if (component.output !== undefined) {
    lines.push("", `What \`data.${component.name}.NAME\` gives:`, "", ...outputTable(component.output));
  }
  if (component.generatedData.length > 0) {
    lines.push("", `\`build.NAME\` has: ${component.generatedData.map((name) => `\`${name}\``).join(", ")}.`);
  }
  return lines;
}

function isConnecting({ config }) {
  return config?.attributes.ssh_host !== undefined;
}

function blockLines(schema, owner) {
  return Object.entries(schema?.blocks ?? {}).flatMap(([name, block]) => [
    ...["", `The block \`${name}\` of \`${owner}\` (${NESTINGS[block.nesting]}): ${oneLine(block.description)}`],
    ...["", ...optionTable(block.schema, () => true)],
    ...blockLines(block.schema, name),
  ]);
}

function optionTable(schema, isWanted) {
  const entries = Object.entries(schema?.attributes ?? {}).filter(([name]) => isWanted(name));
  if (entries.length === 0) return [];
  const required = (entry) => (entry[1].required ? 0 : 1);
  entries.sort((a, b) => required(a) - required(b));
  return [
    ...["| option | type | default | meaning |", "| --- | --- | --- | --- |"],
    ...entries.map(
      ([name, attribute]) =>
        `| \`${name}\` | ${typeText(attribute.type)} | ${defaultText(attribute)} | ${meaning(attribute)} |`,
    ),
  ];
}

function outputTable(schema) {
  const rows = Object.entries(schema.attributes).map(
    ([name, attribute]) => `| \`${name}\` | ${typeText(attribute.type)} | ${meaning(attribute)} |`,
  );
  return ["| attribute | type | meaning |", "| --- | --- | --- |", ...rows];
}

function meaning({ description, allowedValues, sensitive, deprecated }) {
  const parts = [description];
  if (allowedValues.length > 0) parts.push(`One of ${allowedValues.map((value) => `\`${value}\``).join(", ")}.`);
  if (sensitive) parts.push("Secret.");
  if (deprecated !== "") parts.push(`Deprecated: ${deprecated}`);
  return oneLine(parts.join(" "));
}

function defaultText({ required, defaultValue }) {
  if (required) return "**required**";
  const text = valueText(defaultValue);
  return text === undefined ? "" : `\`${text}\``;
}

function valueText(value) {
  const kind = value?.kind;
  switch (kind?.$case) {
    case "boolValue":
      return String(kind.value);
    case "numberValue":
      return kind.value;
    case "stringValue":
      return JSON.stringify(kind.value);
    case "listValue":
    case "setValue":
    case "tupleValue":
      return `[${kind.value.elements.map(valueText).join(", ")}]`;
    case "mapValue":
    case "objectValue": {
      const entries = Object.entries(kind.value.entries);
      return entries.length === 0
        ? "{}"
        : `{ ${entries.map(([name, item]) => `${name} = ${valueText(item)}`).join(", ")} }`;
    }
    default:
      return undefined;
  }
}

function typeText(type) {
  const name = TYPE_NAMES[type?.kind ?? 0] ?? "";
  return type?.element === undefined ? name : `${name} of ${typeText(type.element)}`;
}

function oneLine(text) {
  return text.replace(/\s+/g, " ").replaceAll("|", "\\|").trim();
}
