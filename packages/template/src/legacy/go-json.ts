/** A JSON value as Go's decoder gives it: numbers are doubles, objects keep the order of their keys. */
export type JsonValue = null | boolean | string | number | readonly JsonValue[] | JsonObject;
export type JsonObject = ReadonlyMap<string, JsonValue>;

/** Bytes of the text, half-open. */
export interface JsonSpan {
  readonly start: number;
  readonly end: number;
}

/** A text that is no JSON. `offset` counts the bytes up to and with the wrong one. */
export class JsonSyntaxError extends Error {
  override readonly name = "JsonSyntaxError";
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

export interface JsonDocument {
  readonly value: JsonValue;
  /** The first key that stands twice in one object. */
  readonly duplicate: string | undefined;
  /** Where an element of an object or array stands. */
  readonly spanOf: (container: JsonValue, key: string | number) => JsonSpan | undefined;
}

const MOST_LEVELS = 2_000;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

export interface JsonOptions {
  /** Stops after the first value, as Go's stream decoder does; what follows is not looked at. */
  readonly firstValueOnly?: boolean;
}

/** Reads JSON as Go's encoding/json does, with its messages. Throws JsonSyntaxError. */
export function parseJson(bytes: Uint8Array, options: JsonOptions = {}): JsonDocument {
  return new JsonScanner(bytes, options).document();
}

class JsonScanner {
  /** One character a byte. */
  readonly #text: string;
  readonly #options: JsonOptions;
  readonly #spans = new WeakMap<object, Map<string | number, JsonSpan>>();
  #at = 0;
  #level = 0;
  #duplicate: string | undefined;

  constructor(bytes: Uint8Array, options: JsonOptions) {
    this.#text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
    this.#options = options;
  }

  document(): JsonDocument {
    const value = this.#value();
    if (this.#options.firstValueOnly !== true && this.#peek() !== "") this.#wrong("after top-level value");
    return {
      value,
      duplicate: this.#duplicate,
      spanOf: (container, key) =>
        typeof container === "object" && container !== null ? this.#spans.get(container)?.get(key) : undefined,
    };
  }

  #value(): JsonValue {
    switch (this.#peek()) {
      case "{":
        return this.#nested(() => this.#object());
      case "[":
        return this.#nested(() => this.#array());
      case '"':
        return this.#string();
      case "t":
        return this.#word("true", true);
      case "f":
        return this.#word("false", false);
      case "n":
        return this.#word("null", null);
      default:
        return /[-0-9]/.test(this.#text.charAt(this.#at))
          ? this.#number()
          : this.#wrong("looking for beginning of value");
    }
  }

  #nested<T>(read: () => T): T {
    this.#at += 1;
    if (++this.#level > MOST_LEVELS) throw new JsonSyntaxError("exceeded max depth", this.#at);
    const value = read();
    this.#level -= 1;
    return value;
  }

  #object(): JsonObject {
    const entries = new Map<string, JsonValue>();
    const spans = new Map<string | number, JsonSpan>();
    this.#spans.set(entries, spans);
    if (this.#take("}")) return entries;
    for (;;) {
      if (this.#peek() !== '"') this.#wrong("looking for beginning of object key string");
      const start = this.#at;
      const key = this.#string();
      if (!this.#take(":")) this.#wrong("after object key");
      if (entries.has(key)) this.#duplicate ??= key;
      entries.set(key, this.#value());
      spans.set(key, { start, end: this.#at });
      if (this.#take("}")) return entries;
      if (!this.#take(",")) this.#wrong("after object key:value pair");
    }
  }

  #array(): readonly JsonValue[] {
    const elements: JsonValue[] = [];
    const spans = new Map<string | number, JsonSpan>();
    this.#spans.set(elements, spans);
    if (this.#take("]")) return elements;
    for (;;) {
      this.#peek();
      const start = this.#at;
      elements.push(this.#value());
      spans.set(elements.length - 1, { start, end: this.#at });
      if (this.#take("]")) return elements;
      if (!this.#take(",")) this.#wrong("after array element");
    }
  }

  #word<T>(word: string, value: T): T {
    for (let index = 1; index < word.length; index++) {
      this.#at += 1;
      if (this.#text.charAt(this.#at) !== word.charAt(index))
        this.#wrong(`in literal ${word} (expecting '${word.charAt(index)}')`);
    }
    this.#at += 1;
    return value;
  }

  #number(): number {
    const start = this.#at;
    if (this.#text.charAt(this.#at) === "-") this.#at += 1;
    if (this.#text.charAt(this.#at) === "0") this.#at += 1;
    else this.#digits("in numeric literal");
    if (this.#text.charAt(this.#at) === ".") {
      this.#at += 1;
      this.#digits("after decimal point in numeric literal");
    }
    if (/[eE]/.test(this.#text.charAt(this.#at))) {
      this.#at += /[+-]/.test(this.#text.charAt(this.#at + 1)) ? 2 : 1;
      this.#digits("in exponent of numeric literal");
    }
    const literal = this.#text.slice(start, this.#at);
    const value = Number(literal);
    if (Number.isFinite(value)) return value;
    throw new JsonSyntaxError(`json: cannot unmarshal number ${literal} into Go value of type float64`, this.#at);
  }

  #digits(where: string): void {
    const start = this.#at;
    while (/[0-9]/.test(this.#text.charAt(this.#at))) this.#at += 1;
    if (this.#at === start) this.#wrong(where);
  }

  #string(): string {
    let result = "";
    let plain = ++this.#at;
    const flush = (): void => {
      result += Buffer.from(this.#text.slice(plain, this.#at), "latin1").toString("utf8");
    };
    for (;;) {
      const character = this.#text.charAt(this.#at);
      if (character === "" || character < " ") this.#wrong("in string literal");
      if (character === '"') {
        flush();
        this.#at += 1;
        return Buffer.from(result).toString("utf8"); // replaces halves of surrogate pairs
      }
      if (character === "\\") {
        flush();
        this.#at += 1;
        result += this.#escape();
        plain = this.#at;
      } else {
        this.#at += 1;
      }
    }
  }

  #escape(): string {
    const letter = this.#text.charAt(this.#at);
    const simple = ESCAPES[letter];
    if (simple === undefined && letter !== "u") this.#wrong("in string escape code");
    this.#at += 1;
    if (simple !== undefined) return simple;
    let code = 0;
    for (let digit = 0; digit < 4; digit++) {
      if (!/[0-9a-fA-F]/.test(this.#text.charAt(this.#at))) this.#wrong("in \\u hexadecimal character escape");
      code = code * 16 + parseInt(this.#text.charAt(this.#at), 16);
      this.#at += 1;
    }
    return String.fromCharCode(code);
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at += 1;
    return true;
  }

  #peek(): string {
    while (/[ \t\r\n]/.test(this.#text.charAt(this.#at))) this.#at += 1;
    return this.#text.charAt(this.#at);
  }

  #wrong(where: string): never {
    const character = this.#text.charAt(this.#at);
    if (character === "") throw new JsonSyntaxError("unexpected end of JSON input", this.#text.length);
    throw new JsonSyntaxError(`invalid character ${quoteCharacter(character)} ${where}`, this.#at + 1);
  }
}

/** Quotes a character as Go's decoder does in its messages. */
function quoteCharacter(character: string): string {
  if (character === "'") return "'\\''";
  if (character === '"') return "'\"'";
  const code = character.charCodeAt(0);
  const named: Readonly<Record<string, string>> = {
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\b": "\\b",
    "\f": "\\f",
    "\\": "\\\\",
  };
  if (named[character] !== undefined) return `'${named[character]}'`;
  if (code === 7) return "'\\a'";
  if (code === 11) return "'\\v'";
  if (code < 32 || code === 127) return `'\\x${code.toString(16).padStart(2, "0")}'`;
  return code >= 0x80 && code <= 0xa0 ? `'\\u${code.toString(16).padStart(4, "0")}'` : `'${character}'`;
}
