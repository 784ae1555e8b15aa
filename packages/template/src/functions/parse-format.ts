import { FunctionError } from "@ingot/hcl";

/** One verb of a format string, such as `%-08.3[2]f`. */
export interface FormatVerb {
  readonly raw: string;
  /** In bytes from the start of the format string. */
  readonly offset: number;
  readonly letter: string;
  readonly space: boolean;
  readonly plus: boolean;
  readonly minus: boolean;
  readonly zero: boolean;
  readonly sharp: boolean;
  /** 0: none. */
  readonly width: number;
  readonly precision: number | undefined;
  /** Which argument, from 1. */
  readonly argIndex: number;
}

const VERB = /%([ +\-0#]*)([1-9][0-9]*)?(?:\.([0-9]*))?(?:\[([1-9][0-9]*)\])?([a-zA-Z])/y;

/** Splits a format string into literal text and verbs. */
export function parseFormat(format: string): (string | FormatVerb)[] {
  const parts: (string | FormatVerb)[] = [];
  let nextArg = 1;
  let at = 0;
  while (at < format.length) {
    const percent = format.indexOf("%", at);
    if (percent < 0) return [...parts, format.slice(at)];
    if (percent > at) parts.push(format.slice(at, percent));
    if (format.startsWith("%%", percent)) {
      parts.push("%");
      at = percent + 2;
      continue;
    }
    const verb = parseVerb(format, percent, nextArg);
    parts.push(verb);
    nextArg = verb.argIndex + 1;
    at = percent + verb.raw.length;
  }
  return parts;
}

function parseVerb(format: string, at: number, nextArg: number): FormatVerb {
  VERB.lastIndex = at;
  const match = VERB.exec(format);
  const offset = byteLength(format.slice(0, at));
  if (!match) throw invalidVerb(format, at, offset);
  const [raw, flags = "", width, precision, argIndex, letter = ""] = match;
  return {
    raw,
    offset,
    letter,
    space: flags.includes(" "),
    plus: flags.includes("+"),
    minus: flags.includes("-"),
    zero: flags.includes("0"),
    sharp: flags.includes("#"),
    width: Number(width ?? 0),
    precision: precision === undefined ? undefined : Number(precision),
    argIndex: argIndex === undefined ? nextArg : Number(argIndex),
  };
}

/** The longest beginning of a verb that could still have become one. */
const BEGINNING = /%[ +\-0#]*(?:[1-9][0-9]*)?(?:\.[0-9]*)?(?:\[(?:[1-9][0-9]*\]?)?)?/y;

function invalidVerb(format: string, at: number, offset: number): FunctionError {
  BEGINNING.lastIndex = at;
  const good = BEGINNING.exec(format)?.[0] ?? "%";
  const next = format.slice(at + good.length);
  if (next === "") return new FunctionError(`invalid format string starting at offset ${offset + byteLength(good)}`);
  const character = String.fromCodePoint(next.codePointAt(0) ?? 0);
  return new FunctionError(`unrecognized format character '${character}' at offset ${offset + byteLength(good)}`);
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
