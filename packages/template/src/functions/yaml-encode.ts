import { compareBytes, FunctionError, numberText, type BigNumber, type Value } from "@ingot/hcl";

const WIDTH = 80;
/** Longer keys are written in the form with a question mark. */
const MOST_KEY_BYTES = 128;

/** Writes a wholly known value as YAML: block style, sorted quoted keys, multi-line texts as literal blocks. */
export function encodeYaml(value: Value): string {
  if (!isScalar(value)) return `${block(value, 0)}\n`;
  const text = scalar(value, 2, 0);
  const line = text.endsWith("\n") ? text : `${text}\n`;
  return typeof value.raw === "string" ? line : `${line}...\n`;
}

function isScalar(value: Value): boolean {
  return !Array.isArray(value.raw) && !(value.raw instanceof Map);
}

function childCount(value: Value): number {
  if (Array.isArray(value.raw)) return value.raw.length;
  return value.raw instanceof Map ? value.raw.size : 0;
}

/** A collection, each line indented by `indent` spaces but the first. */
function block(value: Value, indent: number): string {
  if (childCount(value) === 0) return Array.isArray(value.raw) ? "[]" : "{}";
  const margin = " ".repeat(indent);
  if (Array.isArray(value.raw)) {
    const items = value.raw as readonly Value[]; // an array holds values
    return items.map((item) => `- ${nested(item, indent + 2, indent + 2)}`).join(`\n${margin}`);
  }
  const entries = [...(value.raw as ReadonlyMap<string, Value>)].sort(([a], [b]) => compareBytes(a, b)); // not a scalar
  return entries.map(([key, one]) => entry(key, one, indent)).join(`\n${margin}`);
}

function entry(key: string, value: Value, indent: number): string {
  if (key.includes("\n") || new TextEncoder().encode(key).length > MOST_KEY_BYTES) {
    const written = key.includes("\n") && canBeLiteral(key) ? literal(key, indent + 2) : `${quote(key, indent, -1)}\n`;
    return `? ${written}${" ".repeat(indent)}: ${nested(value, indent + 2, indent + 2)}`;
  }
  const name = quote(key, indent, -1);
  if (isScalar(value) || childCount(value) === 0)
    return `${name}: ${nested(value, indent + 2, indent + name.length + 2)}`;
  const inner = Array.isArray(value.raw) ? indent : indent + 2;
  return `${name}:\n${" ".repeat(inner)}${block(value, inner)}`;
}

function nested(value: Value, indent: number, column: number): string {
  const text = isScalar(value) ? scalar(value, indent, column) : block(value, indent);
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}

function scalar(value: Value, indent: number, column: number): string {
  const { raw } = value;
  if (raw === null || typeof raw === "boolean") return String(raw);
  if (typeof raw === "string")
    return raw.includes("\n") && canBeLiteral(raw) ? literal(raw, indent) : quote(raw, indent, column);
  if (raw === Infinity || raw === -Infinity) throw new FunctionError("cannot serialize infinity as YAML");
  return numberText(raw as BigNumber); // nothing else is left
}

function canBeLiteral(text: string): boolean {
  return !/[^\n\x20-\x7e\u0085\u00a0-\ud7ff\ue000-\ufffd]/u.test(text) && !/ (?:\n|$)/.test(text);
}

/** `|` with its hints and the indented lines; ends with a line break. */
function literal(text: string, indent: number): string {
  const hint = /^[ \n]/.test(text) ? "2" : "";
  const chomp = !text.endsWith("\n") ? "-" : /(?:^|\n)\n$/.test(text) ? "+" : "";
  const margin = " ".repeat(Math.max(indent, 2));
  const lines = text.replace(/\n$/, "").split("\n");
  return `|${hint}${chomp}\n${lines.map((line) => (line === "" ? "" : margin + line)).join("\n")}\n`;
}

const SHORT: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\u0007": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\u001b": "\\e",
  '"': '\\"',
  "\\": "\\\\",
  "\u0085": "\\N",
  "\u00a0": "\\_",
  "\u2028": "\\L",
  "\u2029": "\\P",
};

function escapeCharacter(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0x20 && code <= 0xffff && code !== 0x7f && !(code >= 0x80 && code < 0xa0) && code !== 0xfeff)
    return character;
  if (code > 0xffff) return `\\U${code.toString(16).toUpperCase().padStart(8, "0")}`;
  return code <= 0xff
    ? `\\x${code.toString(16).toUpperCase().padStart(2, "0")}`
    : `\\u${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** A double-quoted text. Long ones fold at spaces when they stand as a value. */
function quote(text: string, indent: number, column: number): string {
  // Keys have no column; they never fold.
  const canFold = column >= 0;
  const characters = [...text];
  const margin = " ".repeat(Math.max(indent, 0));
  let out = '"';
  let width = column + 1;
  let spaces = false;
  for (const [at, character] of characters.entries()) {
    const isInner = at > 0 && at < characters.length - 1;
    if (character === " " && canFold && !spaces && width > WIDTH && isInner) {
      out += `\n${margin}${characters[at + 1] === " " ? "\\" : ""}`;
      width = margin.length;
      spaces = true;
      continue;
    }
    const written = escapeCharacter(character);
    out += written;
    width += written.length;
    spaces = character === " ";
  }
  return `${out}"`;
}
