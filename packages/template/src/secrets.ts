import { childrenOf, type Value } from "@ingot/hcl";

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
