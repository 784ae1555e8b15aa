import {
  compareBytes,
  FunctionError,
  isNull,
  listType,
  numberType,
  stringType,
  stringValue,
  UNKNOWN,
  unknownValue,
  type FunctionSpec,
  type Value,
} from "@ingot/hcl";
import { charactersOf } from "./characters.js";
import {
  arg,
  integerValue,
  param,
  sequenceOf,
  stringFunction,
  stringTest,
  textOf,
  textValueList,
  wholeNumberOf,
} from "./define.js";

/** White space as Go's unicode.IsSpace has it. */
const SPACE = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/u;

function trimSpace(text: string): string {
  const characters = [...text];
  return trimWhere(characters, (character) => SPACE.test(character));
}

function trimWhere(characters: readonly string[], isCut: (character: string) => boolean): string {
  let start = 0;
  let end = characters.length;
  while (start < end && isCut(characters[start] ?? "")) start++;
  while (end > start && isCut(characters[end - 1] ?? "")) end--;
  return characters.slice(start, end).join("");
}

/** Maps every code point alone; characters that would become several (such as ß) stay. */
function mapCase(text: string, change: (character: string) => string): string {
  if (/^[\x00-\x7f]*$/.test(text)) return change(text);
  return Array.from(text, (character) => {
    const mapped = change(character);
    if ([...mapped].length === 1) return mapped;
    return character === "\u0130" && mapped.startsWith("i") ? "i" : character;
  }).join("");
}

/** Letters whose title case is not their upper case: pairs such as ǆ. */
const TITLE_CASE: ReadonlyMap<string, string> = new Map(
  ["Ǆǅǆ", "Ǉǈǉ", "Ǌǋǌ", "Ǳǲǳ"].flatMap((group) => {
    const [upper = "", title = "", lower = ""] = group;
    return [upper, title, lower].map((letter) => [letter, title] as const);
  }),
);

function toTitle(character: string): string {
  const isGeorgian = character >= "\u10d0" && character <= "\u10ff"; // has an upper case, for whole words only
  return isGeorgian ? character : (TITLE_CASE.get(character) ?? mapCase(character, (one) => one.toUpperCase()));
}

function titleCase(text: string): string {
  let previous = " ";
  let out = "";
  for (const character of text) {
    out += isWordEnd(previous) ? toTitle(character) : character;
    previous = character;
  }
  return out;
}

function isWordEnd(character: string): boolean {
  if (character <= "\u007f") return !/[A-Za-z0-9_]/.test(character);
  return !/[\p{L}\p{Nd}]/u.test(character) && SPACE.test(character);
}

function substring(text: string, offset: number, length: number): string {
  const characters = charactersOf(text);
  if (offset < 0) {
    const from = Math.max(characters.length + offset, 0);
    // The reference returns the whole tail for length 0 here, and templates may rely on it.
    if (length === 0) return characters.slice(from).join("");
    return characters.slice(from, length < 0 ? undefined : from + length).join("");
  }
  return characters.slice(offset, length < 0 ? undefined : offset + length).join("");
}

const join: FunctionSpec = {
  name: "join",
  params: [param.string("separator")],
  varParam: { name: "lists", type: listType(stringType) },
  returnType: stringType,
  impl: ([separator, ...lists]) => {
    if (lists.length === 0) throw new FunctionError("at least one list is required");
    const parts: string[] = [];
    for (const [at, list] of lists.entries()) {
      for (const [index, element] of sequenceOf(list).entries()) {
        if (isNull(element)) {
          const where = lists.length > 1 ? `element ${index} of list ${at + 1}` : `element ${index}`;
          throw new FunctionError(`${where} is null; cannot concatenate null values`, at + 1);
        }
        parts.push(textOf(element));
      }
    }
    return stringValue(parts.join(textOf(arg([separator ?? stringValue("")], 0))));
  },
};

/** Texts beyond this end the evaluation anyway; it is better not to make them. */
const MOST_CHARACTERS = 64 * 1024 * 1024;

function tooLong(): FunctionError {
  return new FunctionError("the result would be too long");
}

const indent: FunctionSpec = {
  name: "indent",
  params: [param.number("spaces"), param.string("str")],
  returnType: stringType,
  impl: (args) => {
    const spaces = wholeNumberOf(arg(args, 0));
    if (spaces < 0) throw new FunctionError("the number of spaces must not be negative", 0);
    const lines = textOf(arg(args, 1)).split("\n");
    if (spaces * (lines.length - 1) > MOST_CHARACTERS) throw tooLong();
    return stringValue(lines.length === 1 ? lines.join("") : lines.join(`\n${" ".repeat(spaces)}`));
  },
};

const substr: FunctionSpec = {
  name: "substr",
  params: [param.string("str"), param.number("offset"), param.number("length")],
  returnType: stringType,
  impl: (args) => {
    const offset = wholeNumberOf(arg(args, 1));
    const length = wholeNumberOf(arg(args, 2));
    return stringValue(substring(textOf(arg(args, 0)), offset, length));
  },
};

const split: FunctionSpec = {
  name: "split",
  params: [param.string("separator"), param.string("str")],
  returnType: listType(stringType),
  impl: (args) => {
    const separator = textOf(arg(args, 0));
    const text = textOf(arg(args, 1));
    return textValueList(separator === "" ? [...text] : text.split(separator));
  },
};

const sort: FunctionSpec = {
  name: "sort",
  params: [{ name: "list", type: listType(stringType) }],
  returnType: listType(stringType),
  impl: (args) => {
    const elements = sequenceOf(arg(args, 0));
    for (const [index, element] of elements.entries())
      if (isNull(element))
        throw new FunctionError(`given list element ${index} is null; a null string cannot be sorted`);
    return textValueList(elements.map(textOf).sort(compareBytes));
  },
};

const length: FunctionSpec = {
  name: "length",
  params: [{ ...param.any("value"), allowUnknown: true }],
  returnType: numberType,
  impl: (args) => lengthOf(arg(args, 0)),
};

function lengthOf(value: Value): Value {
  const { type, raw } = value;
  if (type.kind === "tuple") return integerValue(type.elements.length);
  if (type.kind === "object") return integerValue(type.attributes.size);
  if (raw === UNKNOWN) return unknownValue(numberType);
  if (typeof raw === "string") return integerValue(charactersOf(raw).length);
  if (Array.isArray(raw)) return integerValue(raw.length);
  if (raw instanceof Map) return integerValue(raw.size);
  throw new FunctionError("argument must be a string, a collection type, or a structural type");
}

/** The functions that work on text. */
export const stringFunctions: readonly FunctionSpec[] = [
  stringFunction("chomp", ["str"], (text) => text.replace(/(?:\r\n|\n|\r)+$/, "")),
  stringFunction("lower", ["str"], (text) => mapCase(text, (one) => one.toLowerCase())),
  stringFunction("upper", ["str"], (text) => mapCase(text, (one) => one.toUpperCase())),
  stringFunction("title", ["str"], titleCase),
  stringFunction("replace", ["str", "substr", "replace"], (text, from, to) => {
    const pieces = from === "" ? ["", ...text, ""] : text.split(from);
    if (to.length * (pieces.length - 1) > MOST_CHARACTERS) throw tooLong();
    return pieces.join(to);
  }),
  stringFunction("strrev", ["str"], (text) => charactersOf(text).reverse().join("")),
  stringFunction("trim", ["str", "cutset"], (text, cutset) => {
    const cut = new Set(cutset);
    return trimWhere([...text], (character) => cut.has(character));
  }),
  stringFunction("trimprefix", ["str", "prefix"], (text, prefix) =>
    text.startsWith(prefix) ? text.slice(prefix.length) : text,
  ),
  stringFunction("trimsuffix", ["str", "suffix"], (text, suffix) =>
    text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text,
  ),
  stringFunction("trimspace", ["str"], trimSpace),
  stringTest("endswith", ["str", "suffix"], (text, suffix) => text.endsWith(suffix)),
  stringTest("startswith", ["str", "prefix"], (text, prefix) => text.startsWith(prefix)),
  stringTest("strcontains", ["str", "substr"], (text, part) => text.includes(part)),
  indent,
  join,
  length,
  sort,
  split,
  substr,
];
