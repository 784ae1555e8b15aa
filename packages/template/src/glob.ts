/** A compiled pattern of -only and -except, or why it is none. */
export type GlobResult = { readonly matches: (name: string) => boolean } | { readonly problem: string };

/**
 * Compiles a pattern without separators: `*` and `**` match any characters, `?` one, `[abc]`, `[!a-z]` one of a list or range,
 * `{a,b*}` alternatives, `\x` the character itself. The whole name must match.
 */
export function compileGlob(pattern: string): GlobResult {
  try {
    const regex = new RegExp(`^${new GlobReader(pattern).read()}$`, "su");
    return { matches: (name) => regex.test(name) };
  } catch (error) {
    if (error instanceof GlobError) return { problem: error.message };
    throw error;
  }
}

class GlobError extends Error {}

class GlobReader {
  readonly #characters: readonly string[];
  #at = 0;

  constructor(pattern: string) {
    this.#characters = [...pattern];
  }

  read(): string {
    const source = this.#sequence(0);
    // Reading stops early only at a closing brace that nothing has opened; it stands for itself.
    return this.#at < this.#characters.length ? `${source}${escape(this.#next())}${this.read()}` : source;
  }

  #sequence(depth: number): string {
    let source = "";
    while (this.#at < this.#characters.length) {
      const character = this.#characters[this.#at] ?? "";
      if (character === "}" || (character === "," && depth > 0)) return source;
      this.#at++;
      if (character === "*") source += source.endsWith(".*") ? "" : ".*";
      else if (character === "?") source += ".";
      else if (character === "[") source += this.#list();
      else if (character === "{") source += this.#alternatives(depth + 1);
      else if (character === "\\") source += escape(this.#next());
      else source += escape(character);
    }
    return source;
  }

  #next(): string {
    return this.#characters[this.#at++] ?? "";
  }

  #alternatives(depth: number): string {
    const all: string[] = [];
    for (;;) {
      all.push(this.#sequence(depth));
      const separator = this.#next();
      if (separator === ",") continue;
      // The end of the pattern closes the braces too, as in the reference.
      return `(?:${all.join("|")})`;
    }
  }

  #list(): string {
    const isNegated = this.#characters[this.#at] === "!";
    if (isNegated) this.#at++;
    const content: string[] = [];
    for (;;) {
      if (this.#at >= this.#characters.length) throw new GlobError("unexpected end of input");
      const character = this.#next();
      if (character === "]") break;
      content.push(character === "\\" ? escapeInList(this.#next()) : character === "-" ? "-" : escape(character));
    }
    if (content.length === 0) throw new GlobError("expected a character or a range in [ ]");
    const range = content.length === 3 && content[1] === "-";
    if (range && (content[0] ?? "") > (content[2] ?? "")) throw new GlobError("hi character should be greater than lo");
    const items = range ? content.join("") : content.map((one) => (one === "-" ? "\\-" : one)).join("");
    return `[${isNegated ? "^" : ""}${items}]`;
  }
}

function escape(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
}

function escapeInList(character: string): string {
  return character === "-" ? "\\-" : escape(character);
}
