import {
  boolValue,
  convert,
  FunctionError,
  isNull,
  nullValue,
  numberFromBigInt,
  bigNumberValue,
  numberValue,
  objectValue,
  parseNumber,
  stringType,
  stringValue,
  tupleValue,
  type Value,
} from "@ingot/hcl";
import { daysInMonth } from "@ingot/go-template";
import type * as Yaml from "yaml";
import { textOf } from "./define.js";

/** Reads one YAML 1.1 document as objects, tuples and scalars. Throws FunctionError. */
export function decodeYaml(text: string, yaml: typeof Yaml.default): Value {
  const documents = yaml.parseAllDocuments(text, {
    schema: "failsafe",
    version: "1.1",
    merge: false,
    uniqueKeys: false,
    strict: true,
  });
  const [document, extra] = Array.isArray(documents) ? (documents as readonly Yaml.Document.Parsed[]) : [];
  if (document === undefined) throw new FunctionError(NO_DOCUMENT);
  if (/^%YAML (?!1\.[01]\b)/m.test(text.split(/^---/m)[0] ?? "")) throw fail("found incompatible YAML document");
  const [problem] = document.errors;
  if (problem) {
    // The library reports it so when it runs out of stack.
    if (problem.message.startsWith("Maximum call stack")) throw fail("the document nests too deep");
    const [place] = problem.linePos ?? [{ line: 1, col: 1 }];
    const reason = problem.message.split("\n")[0]?.replace(/ at line \d+, column \d+:?$/, "") ?? "syntax error";
    throw new FunctionError(`on line ${place.line}, column ${place.col}: ${reason}`);
  }
  if (extra !== undefined) throw new FunctionError("on line 1, column 1: unexpected extra content after value");
  if (text.trim() === "...") throw fail("did not find expected node content");
  if (document.contents === null && !text.includes("---")) throw new FunctionError(NO_DOCUMENT);
  return new YamlReader(yaml, text).read(document.contents);
}

const NO_DOCUMENT = "on line 1, column 1: missing start of document";

class YamlReader {
  readonly #yaml: typeof Yaml.default;
  /** The nodes whose reading is under way. */
  readonly #open = new Set<unknown>();
  /** The node that an anchor stands for so far. */
  readonly #anchors = new Map<string, Yaml.Node>();
  /** Values of anchored nodes: all their aliases share one, so that aliases of aliases can't multiply. */
  readonly #values = new Map<Yaml.Node, Value>();

  readonly #length: number;
  readonly #endsWithLineFeed: boolean;

  constructor(yaml: typeof Yaml.default, text: string) {
    this.#yaml = yaml;
    this.#length = text.length;
    this.#endsWithLineFeed = text.endsWith("\n");
  }

  read(node: unknown): Value {
    const { isAlias, isNode } = this.#yaml;
    if (!isNode(node)) return nullValue();
    if (isAlias(node)) return this.#alias(node);
    const { anchor } = node as Yaml.Scalar; // everything but an alias may have one
    if (anchor === undefined) return this.#read(node);
    this.#anchors.set(anchor, node);
    const value = this.#read(node);
    this.#values.set(node, value);
    return value;
  }

  #read(node: Yaml.Node): Value {
    const { isMap, isSeq, isScalar } = this.#yaml;
    if (isMap(node)) return this.#guard(node, () => objectValue(this.#entries(node)));
    if (isSeq(node)) return this.#guard(node, () => tupleValue(node.items.map((item) => this.read(item))));
    if (isScalar(node)) return this.#scalar(node);
    return nullValue();
  }

  #guard(node: Yaml.YAMLMap | Yaml.YAMLSeq, read: () => Value): Value {
    const tag = node.tag;
    if (tag !== undefined && !/^tag:yaml\.org,2002:(?:map|seq)$/.test(tag)) {
      const kind = this.#yaml.isMap(node) ? "mapping" : "sequence";
      throw fail(tag.startsWith("tag:yaml.org,2002:") ? `can't interpret ${kind} as ${tag}` : unsupportedTag(tag));
    }
    if (this.#open.has(node))
      throw fail(`cannot refer to anchor ${JSON.stringify(node.anchor ?? "")} from inside its own definition`);
    this.#open.add(node);
    const value = read();
    this.#open.delete(node);
    return value;
  }

  #alias(node: Yaml.Alias): Value {
    const target = this.#anchors.get(node.source);
    if (target === undefined) throw fail(`reference to undefined anchor ${JSON.stringify(node.source)}`);
    return this.#values.get(target) ?? this.#read(target);
  }

  #entries(map: Yaml.YAMLMap): Map<string, Value> {
    const entries = new Map<string, Value>();
    const own = new Set<string>();
    for (const { key, value } of map.items) {
      if (this.#isMergeKey(key)) {
        for (const [name, merged] of this.#merged(value)) if (!own.has(name)) entries.set(name, merged);
        continue;
      }
      const name = this.read(key);
      if (isNull(name)) throw fail("mapping key cannot be null");
      if (Array.isArray(name.raw) || name.raw instanceof Map) throw fail("only strings are allowed as mapping keys");
      const text = textOf(convert(name, stringType));
      own.add(text);
      entries.set(text, value === null ? nullValue() : this.read(value));
    }
    return entries;
  }

  #isMergeKey(key: unknown): boolean {
    return this.#yaml.isScalar(key) && key.value === "<<" && key.type === "PLAIN";
  }

  #merged(node: unknown): Iterable<[string, Value]> {
    const value = this.read(node);
    if (value.raw instanceof Map) return value.raw as Map<string, Value>;
    if (!Array.isArray(value.raw)) throw fail(`cannot merge ${value.type.kind} into mapping`);
    const maps = value.raw as readonly Value[];
    // The first of several maps wins.
    return [...maps].reverse().flatMap((one) => (one.raw instanceof Map ? [...(one.raw as Map<string, Value>)] : []));
  }

  #scalar(node: Yaml.Scalar): Value {
    // By the failsafe schema every scalar is a string.
    const text = this.#textOf(node);
    const tag = node.tag;
    if (tag === undefined || tag === "?") return node.type === "PLAIN" ? this.#plain(text) : stringValue(text);
    switch (tag.replace("tag:yaml.org,2002:", "!!")) {
      case "!!str":
      case "!!binary":
        return stringValue(text);
      case "!!null":
      case "!!bool":
      case "!!int":
      case "!!float":
      case "!!timestamp":
        return this.#tagged(text, tag, node.type === "QUOTE_SINGLE" || node.type === "QUOTE_DOUBLE");
      default:
        throw fail(unsupportedTag(tag));
    }
  }

  #textOf({ value, type, range }: Yaml.Scalar): string {
    if (typeof value !== "string") return "";
    // The library ends the last line of a block with a line feed also where the file ends without one.
    const isBlock = type === "BLOCK_LITERAL" || type === "BLOCK_FOLDED";
    const isCut = isBlock && !this.#endsWithLineFeed && (range?.[1] ?? 0) >= this.#length;
    return isCut ? value.replace(/\n$/, "") : value;
  }

  /**
   * A text with the tag of a kind that is not text. As in the reference the tag matters only where the text looks like nothing: `!!int true`
   * is true, and a quoted text stays one when it begins as a number, a bool or a null could.
   */
  #tagged(text: string, tag: string, isQuoted: boolean): Value {
    const kind = tag.replace(/^.*[:!]/, "");
    if (/^(?:$|[-+.~0-9yYnNtTfFoO])/.test(text)) {
      if (isQuoted) return stringValue(text);
      const value = this.#plain(text);
      if (value.type.kind !== "string" || (kind === "timestamp" && isTimestamp(text))) return value;
    }
    if (kind === "null") return nullValue();
    const whole = /^([-+]?)(0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+))$/.exec(text);
    if (whole && !isQuoted && (kind === "int" || kind === "float")) {
      const magnitude = BigInt(whole[2] ?? "0");
      return bigNumberValue(numberFromBigInt(whole[1] === "-" ? -magnitude : magnitude));
    }
    throw fail(`cannot parse ${JSON.stringify(text)} as ${tag.replace("!!", "tag:yaml.org,2002:")}`);
  }

  #plain(text: string): Value {
    if (/^\.nan$/i.test(text)) throw fail("floating point NaN is not supported");
    return resolvePlain(text);
  }
}

function fail(reason: string): FunctionError {
  return new FunctionError(reason);
}

function unsupportedTag(tag: string): string {
  return `unsupported tag ${JSON.stringify(tag.replace(/^!!/, "tag:yaml.org,2002:"))}`;
}

const TRUE = /^(?:y|Y|yes|Yes|YES|on|On|ON|true|True|TRUE)$/;
const FALSE = /^(?:n|N|no|No|NO|off|Off|OFF|false|False|FALSE)$/;
/** A date, a date and time with a zone, or a date and time with a space between and no zone. */
const TIMESTAMP =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt](?=.*(?:Z|[+-]\d\d:\d\d)$)| (?!.*(?:Z|[+-]\d\d:\d\d)$))(\d\d?):(\d\d?):(\d\d?)(?:\.\d*)?(Z|[+-]\d\d:\d\d)?)?$/;

/** The value of a plain scalar by the rules of YAML 1.1, as far as the reference follows them. */
function resolvePlain(text: string): Value {
  if (/^(?:|~|null|Null|NULL)$/.test(text)) return nullValue();
  if (TRUE.test(text)) return boolValue(true);
  if (FALSE.test(text)) return boolValue(false);
  const infinity = /^([+-]?)\.(?:inf|Inf|INF)$/.exec(text);
  if (infinity) return numberValue(infinity[1] === "-" ? "-inf" : "inf");
  const plain = text.replaceAll("_", "");
  if (/^[-+]?[0-9]+$/.test(plain) && /^[-+0-9]/.test(text)) return numberValue(plain);
  const binary = /^([-+]?)0b([01]+)$/.exec(plain);
  if (/^[-+]?0b[0-9]+$/.test(plain) && binary === null)
    throw fail(`cannot parse ${JSON.stringify(text)} as tag:yaml.org,2002:int`);
  if (binary) {
    const whole = BigInt(`0b${binary[2] ?? "0"}`);
    return bigNumberValue(numberFromBigInt(binary[1] === "-" ? -whole : whole));
  }
  if (/^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/.test(plain)) {
    const number = parseNumber(plain);
    if (number !== undefined) return bigNumberValue(number);
  }
  return stringValue(isTimestamp(text) ? timestampText(text) : text);
}

function isTimestamp(text: string): boolean {
  const [, year = "0", month = "0", day = "0", hour = "0", minute = "0", second = "0"] = TIMESTAMP.exec(text) ?? [];
  const [monthNumber, dayNumber] = [Number(month), Number(day)];
  if (monthNumber < 1 || monthNumber > 12 || dayNumber < 1) return false;
  return (
    dayNumber <= daysInMonth(Number(year), monthNumber) &&
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second) < 60
  );
}

function timestampText(text: string): string {
  const [, year = "", month = "", day = "", hour = "0", minute = "0", second = "0", zone = "Z"] =
    TIMESTAMP.exec(text) ?? [];
  const two = (digits: string): string => digits.padStart(2, "0");
  const offset = /^([+-])(\d\d?):?(\d\d)?$/.exec(zone);
  const suffix = offset ? `${offset[1] ?? "+"}${two(offset[2] ?? "0")}:${offset[3] ?? "00"}` : "Z";
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}${suffix}`;
}
