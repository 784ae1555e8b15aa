import type { DescribedComponent, PluginDescription } from "@ingot/host";
import type { BodySchema } from "@ingot/hcl";
import { wrapWords } from "../../../render/word-wrap.js";
import { KINDS, NESTINGS, optionsOf, typeName } from "./option-list.js";

const WIDTH = 78;

/** A plugin and its components as text for a terminal. */
export function descriptionText(
  { name, version }: PluginDescription,
  components: readonly DescribedComponent[],
): string {
  const lines = [`Plugin ${name} ${version}`];
  for (const [kind] of KINDS) {
    for (const component of components.filter((one) => one.kind === kind)) lines.push("", ...componentLines(component));
  }
  return lines.join("\n");
}

function componentLines(component: DescribedComponent): readonly string[] {
  const { kind, name, summary, deprecated, config, output, generatedData } = component;
  const lines = [`${kind} ${JSON.stringify(name)}`, ...indented(summary, 2)];
  if (deprecated !== undefined) lines.push(...indented(`Deprecated: ${deprecated}`, 2));
  lines.push(...optionLines(config, 2));
  if (output !== undefined) {
    lines.push("", `  What data.${name}.NAME gives:`);
    const meanings = new Map(optionsOf(output).map((option) => [option.name, option.meaning]));
    for (const [attribute, { type }] of output.attributes)
      lines.push(`    ${attribute} (${typeName(type)})`, ...indented(meanings.get(attribute) ?? "", 8));
  }
  if (generatedData.length > 0) lines.push("", ...indented(`build.NAME has: ${generatedData.join(", ")}.`, 2));
  return lines;
}

function optionLines(schema: BodySchema, indent: number): readonly string[] {
  const space = " ".repeat(indent);
  const options = optionsOf(schema).flatMap(({ name, type, required, defaultText, meaning }) => {
    const facts = [type, required ? "required" : defaultText === undefined ? "" : `default ${defaultText}`];
    const head = `${space}  ${name} (${facts.filter((fact) => fact !== "").join(", ")})`;
    return [head, ...indented(meaning.replaceAll("`", ""), indent + 6)];
  });
  const blocks = [...schema.blocks].flatMap(([name, block]) => [
    ...["", `${space}Block ${name} (${NESTINGS[block.nesting]})`],
    ...[...indented(block.description, indent + 2), ...optionLines(block.schema, indent + 2)],
  ]);
  return [...(options.length === 0 ? [] : ["", `${space}Options:`, ...options]), ...blocks];
}

function indented(text: string, indent: number): readonly string[] {
  const plain = text.replace(/\s+/g, " ").trim();
  if (plain === "") return [];
  return wrapWords(plain, WIDTH - indent)
    .split("\n")
    .map((line) => " ".repeat(indent) + line);
}
