import type { DescribedComponent } from "@ingot/host";
import type { BodySchema } from "@ingot/hcl";
import { KINDS, NESTINGS, oneLine, optionsOf, typeName } from "./option-list.js";

/** Options that every builder with a communicator has. */
const CONNECTION = /^(communicator|pause_before_connecting|(ssh|winrm|temporary_key_pair)_.*)$/;

/** The components as lines of Markdown: a heading for each kind, one for each component, and tables of their options. */
export function markdownLines(components: readonly DescribedComponent[]): readonly string[] {
  const lines: string[] = [];
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
    lines.push(
      "Builders that take them say so. This release connects with the communicators `none` and `ssh`, not yet with `winrm`.",
      "",
    );
    lines.push(...optionTable(connecting.config, (name) => CONNECTION.test(name)));
  }
  return lines;
}

function componentLines(component: DescribedComponent): readonly string[] {
  const lines = [`### \`${component.name}\``, "", component.summary];
  if (component.deprecated !== undefined) lines.push("", `Deprecated: ${component.deprecated}`);
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

function isConnecting({ config }: DescribedComponent): boolean {
  return config.attributes.has("ssh_host");
}

function blockLines(schema: BodySchema, owner: string): readonly string[] {
  return [...schema.blocks].flatMap(([name, block]) => [
    ...["", `The block \`${name}\` of \`${owner}\` (${NESTINGS[block.nesting]}): ${cell(block.description)}`],
    ...["", ...optionTable(block.schema)],
    ...blockLines(block.schema, name),
  ]);
}

function optionTable(schema: BodySchema, isWanted?: (name: string) => boolean): readonly string[] {
  const options = optionsOf(schema, isWanted);
  if (options.length === 0) return [];
  return [
    ...["| option | type | default | meaning |", "| --- | --- | --- | --- |"],
    ...options.map(({ name, type, required, defaultText, meaning }) => {
      const value = required ? "**required**" : defaultText === undefined ? "" : `\`${defaultText}\``;
      return `| \`${name}\` | ${type} | ${value} | ${cell(meaning)} |`;
    }),
  ];
}

function outputTable(schema: BodySchema): readonly string[] {
  const meanings = new Map(optionsOf(schema).map(({ name, meaning }) => [name, meaning]));
  const rows = [...schema.attributes].map(
    ([name, { type }]) => `| \`${name}\` | ${typeName(type)} | ${cell(meanings.get(name) ?? "")} |`,
  );
  return ["| attribute | type | meaning |", "| --- | --- | --- |", ...rows];
}

function cell(text: string): string {
  return oneLine(text).replaceAll("|", "\\|");
}
