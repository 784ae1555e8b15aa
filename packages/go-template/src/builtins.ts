import { sprintf } from "./format.js";
import { NO_VALUE, isTrue, printValue, typeName } from "./value.js";

type Builtin = (...args: readonly unknown[]) => unknown;

/** The functions that every template has, except `and` and `or`, which don't evaluate all of their arguments. */
export const BUILTINS: Readonly<Record<string, Builtin>> = {
  not: (value) => !isTrue(value),
  eq: (first, ...others) => {
    if (others.length === 0) throw new Error("missing argument for comparison");
    return others.some((other) => compare(first, other) === 0);
  },
  ne: (a, b) => compare(a, b) !== 0,
  lt: (a, b) => compare(a, b) < 0,
  le: (a, b) => compare(a, b) <= 0,
  gt: (a, b) => compare(a, b) > 0,
  ge: (a, b) => compare(a, b) >= 0,
  len: (value) => {
    if (typeof value === "string") return Buffer.byteLength(value);
    if (Array.isArray(value)) return value.length;
    if (typeof value === "object" && value !== null) return Object.keys(value).length;
    throw new Error(`len of type ${typeName(value)}`);
  },
  index: (value, ...keys) => keys.reduce(indexOne, value),
  slice: (value, from = 0, to, ...rest) => {
    if (rest.length > 0) throw new Error("cannot 3-index slice a string");
    const text = typeof value === "string" ? Buffer.from(value) : value;
    if (!Array.isArray(text) && !Buffer.isBuffer(text)) throw new Error(`can't slice item of type ${typeName(value)}`);
    const [start, end] = [Number(from), to === undefined ? text.length : Number(to)];
    for (const bound of [start, end]) {
      if (!(bound >= 0 && bound <= text.length)) throw new Error(`index out of range: ${bound}`);
    }
    if (start > end) throw new Error(`invalid slice index: ${start} > ${end}`);
    const part = text.slice(start, end) as unknown;
    return Buffer.isBuffer(part) ? part.toString("utf8") : part;
  },
  print: (...args) =>
    args.map((arg, index) => (index > 0 && spaced(args[index - 1], arg) ? " " : "") + printValue(arg)).join(""),
  println: (...args) => `${args.map(printValue).join(" ")}\n`,
  printf: (format, ...args) => sprintf(String(format), args),
  html: (...args) => escape(args, /[\0"&'<>]/g, HTML),
  js: (...args) => escape(args, /[\\'"<>&=\x00-\x1f]/g, JS),
  urlquery: (...args) =>
    encodeURIComponent(join(args))
      .replace(/[!'()*]/g, percent)
      .replaceAll("%20", "+"),
};

const HTML: Readonly<Record<string, string>> = {
  "\0": "\uFFFD",
  '"': "&#34;",
  "&": "&amp;",
  "'": "&#39;",
  "<": "&lt;",
  ">": "&gt;",
};
const JS: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  '"': '\\"',
  "<": "\\u003C",
  ">": "\\u003E",
  "&": "\\u0026",
  "=": "\\u003D",
};

function join(args: readonly unknown[]): string {
  return args.map(printValue).join("");
}

function escape(args: readonly unknown[], which: RegExp, table: Readonly<Record<string, string>>): string {
  const unicode = (char: string) => `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
  return join(args).replace(which, (char) => table[char] ?? unicode(char));
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** Go's Sprint puts a space between operands when neither is a string. */
function spaced(before: unknown, after: unknown): boolean {
  return typeof before !== "string" && typeof after !== "string";
}

function compare(a: unknown, b: unknown): number {
  const [left, right] = [a === NO_VALUE ? undefined : a, b === NO_VALUE ? undefined : b];
  if (typeof left !== typeof right) throw new Error("incompatible types for comparison");
  if (typeof left === "object" && left !== null) throw new Error("non-comparable type: " + typeName(left));
  if (left === right) return 0;
  return (left as string | number) < (right as string | number) ? -1 : 1;
}

function indexOne(value: unknown, key: unknown): unknown {
  if (Array.isArray(value) || typeof value === "string") {
    const items = typeof value === "string" ? Buffer.from(value) : value;
    if (typeof key !== "number") throw new Error(`cannot index slice/array with type ${typeName(key)}`);
    if (key < 0 || key >= items.length) throw new Error(`index out of range: ${key}`);
    return items[key] as unknown;
  }
  if (typeof value === "object" && value !== null) {
    return Object.hasOwn(value, String(key)) ? (value as Record<string, unknown>)[String(key)] : NO_VALUE;
  }
  throw new Error(
    value === NO_VALUE || value === undefined ? "index of untyped nil" : `can't index item of type ${typeName(value)}`,
  );
}
