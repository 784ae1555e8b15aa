/** One flag: its value before any argument, and what an argument does to it. */
export interface Flag<T> {
  readonly initial: T;
  /** True for switches, which take a value only in the form `-name=value`. */
  readonly isSwitch: boolean;
  /** Gives the new value. Throws FlagValueError. */
  apply(text: string, previous: T): T;
}

/** The flags of a command by name. */
export type FlagTable = Readonly<Record<string, Flag<unknown>>>;

export type FlagValues<Table extends FlagTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Flag<infer T> ? T : never;
};

export type ParsedFlags<Table extends FlagTable> =
  | { readonly ok: true; readonly values: FlagValues<Table>; readonly positionals: readonly string[] }
  | { readonly ok: false; readonly message: string };

/** A value that a flag does not take. `reason` ends the message. */
export class FlagValueError extends Error {}

/**
 * Reads arguments as Go's `flag` package does: one or two dashes, `-name=value` or `-name value`, switches without value. Stops at
 * the first argument that is no flag and after `--`; everything from there on is positional. A repeated flag counts again.
 */
export function parseFlags<Table extends FlagTable>(table: Table, args: readonly string[]): ParsedFlags<Table> {
  const values: Record<string, unknown> = {};
  for (const [name, flag] of Object.entries(table)) values[name] = flag.initial;
  let next = 0;
  for (;;) {
    const arg = args[next];
    if (arg === undefined || arg === "-" || !arg.startsWith("-")) break;
    next++;
    if (arg === "--") break;
    const parts = splitFlag(arg);
    if (parts === undefined) return { ok: false, message: `bad flag syntax: ${arg}` };
    const { name } = parts;
    let { value } = parts;
    const flag = Object.hasOwn(table, name) ? table[name] : undefined;
    if (flag === undefined) return { ok: false, message: `flag provided but not defined: -${name}` };
    if (value === undefined && !flag.isSwitch) {
      value = args[next++];
      if (value === undefined) return { ok: false, message: `flag needs an argument: -${name}` };
    }
    try {
      values[name] = flag.apply(value ?? "true", values[name]);
    } catch (error) {
      if (!(error instanceof FlagValueError)) throw error;
      return { ok: false, message: valueMessage(name, value ?? "true", flag, error.message) };
    }
  }
  // Each value was made by the flag of that name.
  return { ok: true, values: values as FlagValues<Table>, positionals: args.slice(next) };
}

function splitFlag(arg: string): { readonly name: string; readonly value: string | undefined } | undefined {
  const text = arg.slice(arg.startsWith("--") ? 2 : 1);
  if (text === "" || text.startsWith("-") || text.startsWith("=")) return undefined;
  const equals = text.indexOf("=");
  if (equals === -1) return { name: text, value: undefined };
  return { name: text.slice(0, equals), value: text.slice(equals + 1) };
}

function valueMessage(name: string, value: string, flag: Flag<unknown>, reason: string): string {
  const quoted = JSON.stringify(value);
  return flag.isSwitch
    ? `invalid boolean value ${quoted} for -${name}: ${reason}`
    : `invalid value ${quoted} for flag -${name}: ${reason}`;
}
