import { compareBytes, type Value } from "@ingot/hcl";
import { goQuote, renderValue, type ParsedTemplate, type TemplateValues } from "@ingot/template";

/** The values of all variables and locals, in order of their names. */
export function valueListText(parsed: ParsedTemplate, { locals }: TemplateValues): string {
  const variables = [...parsed.variables.keys()].map((name): readonly [string, Value | undefined] => [
    name,
    parsed.variableValues.get(name)?.value,
  ]);
  return `> input-variables:\n\n${linesOf("var", variables)}\n> local-variables:\n\n${linesOf("local", [...locals])}`;
}

function linesOf(prefix: string, entries: readonly (readonly [string, Value | undefined])[]): string {
  const sorted = [...entries].sort(([a], [b]) => compareBytes(a, b));
  return sorted.map(([name, value]) => `${prefix}.${name}: ${goQuote(shown(value))}\n`).join("");
}

function shown(value: Value | undefined): string {
  return value === undefined ? "<unknown>" : renderValue(value);
}
