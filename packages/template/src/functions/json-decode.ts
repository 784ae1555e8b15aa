import {
  boolValue,
  FunctionError,
  nullValue,
  numberValue,
  objectValue,
  stringValue,
  tupleValue,
  type Value,
} from "@ingot/hcl";
import { goQuote } from "./go-quote.js";

/** Reads JSON: objects and tuples, exact numbers; the last of equal keys wins. Throws FunctionError. */
export function decodeJson(text: string): Value {
  const reader = new JsonReader(text);
  const value = reader.value();
  reader.end();
  return value;
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"/y;
const MOST_LEVELS = 1_000;

class JsonReader {
  readonly #text: string;
  #at = 0;
  #level = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): Value {
    const first = this.#peek();
    if (first === "{" || first === "[") {
      if (++this.#level > MOST_LEVELS) throw new FunctionError("exceeded max depth");
      this.#at++;
      const value = first === "{" ? this.#object() : this.#array();
      this.#level--;
      return value;
    }
    if (first === '"') return stringValue(this.#string());
    if (first === "-" || /[0-9]/.test(first)) return numberValue(this.#match(NUMBER, "in numeric literal"));
    for (const [word, value] of WORDS) if (this.#text.startsWith(word, this.#at)) return this.#word(word, value);
    if (WORDS.some(([word]) => word.startsWith(this.#text.slice(this.#at)) && this.#at < this.#text.length))
      throw cutOff();
    throw this.#unexpected("looking for beginning of value");
  }

  end(): void {
    this.#skipSpace();
    if (this.#at < this.#text.length) throw new FunctionError("extraneous data after JSON object");
  }

  #word(word: string, value: Value): Value {
    this.#at += word.length;
    return value;
  }

  #object(): Value {
    const entries = new Map<string, Value>();
    if (this.#take("}")) return objectValue(entries);
    for (;;) {
      if (this.#peek() !== '"')
        throw this.#unexpected(entries.size > 0 ? "looking for beginning of object key string" : "");
      const key = this.#string();
      if (!this.#take(":")) throw this.#unexpected("after object key");
      entries.set(key, this.value());
      if (this.#take("}")) return objectValue(entries);
      if (!this.#take(",")) throw this.#unexpected("after object key:value pair");
    }
  }

  #array(): Value {
    const elements: Value[] = [];
    if (this.#take("]")) return tupleValue(elements);
    for (;;) {
      elements.push(this.value());
      if (this.#take("]")) return tupleValue(elements);
      if (!this.#take(",")) throw this.#unexpected("after array element");
    }
  }

  #string(): string {
    const token = this.#match(STRING, "in string literal");
    // The pattern admits JSON strings only; the detour replaces halves of surrogate pairs.
    return Buffer.from(JSON.parse(token) as string).toString();
  }

  #match(pattern: RegExp, where: string): string {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text)?.[0];
    if (match === undefined) throw this.#brokenToken(where);
    this.#at += match.length;
    if (where === "in numeric literal" && /^[.eE+-]+$/.test(this.#text.slice(this.#at))) throw cutOff();
    return match;
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at++;
    return true;
  }

  #peek(): string {
    this.#skipSpace();
    return this.#text.charAt(this.#at);
  }

  #skipSpace(): void {
    while (/[ \t\r\n]/.test(this.#text.charAt(this.#at))) this.#at++;
  }

  #unexpected(where: string): FunctionError {
    const code = this.#text.codePointAt(this.#at);
    if (code === undefined) return new FunctionError("EOF");
    const character = String.fromCodePoint(code);
    const shown = character === "'" ? "\\'" : goQuote(character).slice(1, -1);
    return new FunctionError(`invalid character '${shown}' ${where}`.trimEnd());
  }

  /** Goes to the first wrong character of a string or number. */
  #brokenToken(where: string): FunctionError {
    const rest = this.#text.slice(this.#at);
    const good = /^(?:"(?:[^"\\\u0000-\u001f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*|-)/.exec(rest)?.[0] ?? "";
    const isEscape = rest.charAt(good.length) === "\\";
    this.#at += good.length + (isEscape ? 1 : 0);
    if (this.#at >= this.#text.length) return cutOff();
    return this.#unexpected(isEscape ? "in string escape code" : where);
  }
}

function cutOff(): FunctionError {
  return new FunctionError("unexpected EOF");
}

const WORDS: readonly (readonly [string, Value])[] = [
  ["true", boolValue(true)],
  ["false", boolValue(false)],
  ["null", nullValue()],
];
