import { childrenOf, type Value } from "@ingot/hcl";
import type { VariableDeclaration } from "./decode-variable-block.js";
import type { VariableValue } from "./variable-values.js";

/** The values of the variables that are declared sensitive. */
export function sensitiveVariableValues(
  variables: ReadonlyMap<string, VariableDeclaration>,
  values: ReadonlyMap<string, VariableValue>,
): readonly Value[] {
  return [...variables.values()].flatMap(({ name, isSensitive }) =>
    isSensitive ? (values.get(name)?.value ?? []) : [],
  );
}

/** The strings inside a value, each also with plain line breaks and line by line, as they might appear in output. */
export function secretsOf(values: Iterable<Value>): readonly string[] {
  const secrets = new Set<string>();
  for (const value of values) collect(value, secrets);
  secrets.delete("");
  return [...secrets];
}

function collect(value: Value, secrets: Set<string>): void {
  if (typeof value.raw === "string") {
    const plain = value.raw.replaceAll("\r\n", "\n");
    for (const text of [value.raw, plain, ...plain.split("\n")]) secrets.add(text);
  }
  for (const child of childrenOf(value)) collect(child, secrets);
}
