import { FlagValueError, type Flag } from "./parse-flags.js";

const TRUE_WORDS = new Set(["1", "t", "T", "true", "TRUE", "True"]);
const FALSE_WORDS = new Set(["0", "f", "F", "false", "FALSE", "False"]);

/** A flag that is on or off. `initial` may be undefined: "the user did not say". */
export function switchFlag<T extends boolean | undefined>(initial: T): Flag<T | boolean> {
  return {
    initial,
    isSwitch: true,
    apply: (text) => {
      if (TRUE_WORDS.has(text)) return true;
      if (FALSE_WORDS.has(text)) return false;
      throw new FlagValueError("parse error");
    },
  };
}

/** A whole number, in any notation that Go reads: 10, 0x1f, 0b11, 0o17, 017, 1_000. */
export function integerFlag(initial: number): Flag<number> {
  return { initial, isSwitch: false, apply: (text) => parseInteger(text) };
}

function parseInteger(text: string): number {
  const match = /^([+-]?)(0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO]?(?:_?[0-7])+|[1-9](?:_?\d)*|0)$/.exec(text);
  if (match === null) throw new FlagValueError("parse error");
  const digits = (match[2] ?? "").replaceAll("_", "").replace(/^0(?=[0-7])/, "0o");
  const value = BigInt(digits) * (match[1] === "-" ? -1n : 1n);
  if (BigInt.asIntN(64, value) !== value) throw new FlagValueError("value out of range");
  return Number(value);
}

export function textFlag(initial: string): Flag<string> {
  return { initial, isSwitch: false, apply: (text) => text };
}

/** One of several words. */
export function choiceFlag<const Words extends readonly string[]>(words: Words): Flag<Words[number] | ""> {
  return {
    initial: "",
    isSwitch: false,
    apply: (text) => {
      if (words.includes(text)) return text;
      throw new FlagValueError(`expected one of [${words.map((word) => JSON.stringify(word)).join(" ")}]`);
    },
  };
}

/** May be repeated; each value may list several, separated by commas. */
export function listFlag(): Flag<readonly string[]> {
  return { initial: [], isSwitch: false, apply: (text, previous) => [...previous, ...text.split(",")] };
}

/** May be repeated; each value counts as it is. */
export function repeatedFlag(): Flag<readonly string[]> {
  return { initial: [], isSwitch: false, apply: (text, previous) => [...previous, text] };
}

/** `name=value`, split at the first `=`; may be repeated, the last one of a name counts. */
export function assignmentFlag(): Flag<ReadonlyMap<string, string>> {
  return {
    initial: new Map<string, string>(),
    isSwitch: false,
    apply: (text, previous) => {
      const equals = text.indexOf("=");
      if (equals === -1) throw new FlagValueError(`No '=' value in arg: ${text}`);
      return new Map([...previous, [text.slice(0, equals), text.slice(equals + 1)]]);
    },
  };
}

/** The language of a template whose path does not tell it. */
export function configTypeFlag(): Flag<"json" | "hcl2"> {
  return {
    initial: "json",
    isSwitch: false,
    apply: (text) => {
      const type = text.toLowerCase();
      if (type === "json" || type === "hcl2") return type;
      throw new FlagValueError(`${text} does not belong to configType values`);
    },
  };
}
