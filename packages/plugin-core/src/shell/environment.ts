/** Facts that every script finds in its environment. */
export interface ScriptFacts {
  readonly buildName: string;
  readonly builderType: string;
  /** The builder's HTTP server, where it has one. */
  readonly httpAddress?: string | undefined;
  readonly httpIp?: string | undefined;
  readonly httpPort?: string | undefined;
}

export interface EnvironmentOptions {
  readonly facts: ScriptFacts;
  /** Entries `KEY=VALUE`. */
  readonly environmentVars: readonly string[];
  /** Wins over `environmentVars` for equal names. */
  readonly env: Readonly<Record<string, string>>;
}

/** One variable in the order in which scripts get them. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly value: string;
  /** True for values from the template, which must be quoted; ours are inserted as they are. */
  readonly fromUser: boolean;
}

/** Gives the variables of a script, in bytewise order of their names. The template's win over the facts. */
export function scriptEnvironment({ facts, environmentVars, env }: EnvironmentOptions): readonly EnvironmentVariable[] {
  const variables = new Map<string, EnvironmentVariable>();
  const add = (name: string, value: string | undefined, fromUser: boolean) => {
    if (value !== undefined) variables.set(name, { name, value, fromUser });
  };
  add("PACKER_BUILD_NAME", facts.buildName, false);
  add("PACKER_BUILDER_TYPE", facts.builderType, false);
  add("PACKER_HTTP_ADDR", facts.httpAddress, false);
  add("PACKER_HTTP_IP", facts.httpIp, false);
  add("PACKER_HTTP_PORT", facts.httpPort, false);
  for (const entry of environmentVars) {
    const split = entry.indexOf("=");
    add(entry.slice(0, split), entry.slice(split + 1), true);
  }
  for (const [name, value] of Object.entries(env)) add(name, value, true);
  return [...variables.values()].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}

/**
 * Writes variables one after another in a format with two `%s`, name and value. Values from the template are escaped first, by
 * default for single quotes of a POSIX shell: each `'` becomes `'"'"'`.
 */
export function flattenEnvironment(
  variables: readonly EnvironmentVariable[],
  format: string,
  escape: (value: string) => string = escapeSingleQuotes,
): string {
  return variables
    .map(({ name, value, fromUser }) => formatTwo(format, name, fromUser ? escape(value) : value))
    .join("");
}

function escapeSingleQuotes(value: string): string {
  return value.replaceAll("'", `'"'"'`);
}

/** The names of entries that are not `KEY=VALUE` with a name before the first `=`. */
export function malformedEntries(environmentVars: readonly string[]): readonly string[] {
  return environmentVars.filter((entry) => entry.indexOf("=") < 1);
}

/** printf with `%s` and `%%` only. */
function formatTwo(format: string, first: string, second: string): string {
  const values = [first, second];
  return format.replace(/%[s%]/g, (verb) => (verb === "%%" ? "%" : (values.shift() ?? "%!s(MISSING)")));
}
