import { Automaton, RangeList, type TextEnd } from "./secrets/automaton.js";
import { secretForms } from "./secrets/secret-forms.js";
import { textVariants } from "./secrets/text-variants.js";

const MASK = "<sensitive>";
/** The start of a secret at the end of a piece is masked from this length on, if it is half of the secret. */
const SHORTEST_START = 8;

/** What is left open at the end of a piece of text, for `maskPiece`. */
export type OpenEnd = string;

/**
 * Strings that must not be shown. Each value counts as a whole, with line feeds in place of CR LF, and line by line. Empty strings and
 * lines don't count. They are found in plain text, in base64 and hexadecimal, URL-encoded, with escapes as in JSON or C, and quoted for
 * a shell.
 */
export class SecretSet {
  readonly #values = new Set<string>();
  /** The newest ones first wait in the last, small automaton; sizes at least double to the front. */
  #tiers: { readonly patterns: readonly Uint8Array[]; readonly bytes: number; readonly automaton: Automaton }[] = [];
  readonly #known = new Set<string>();
  #fresh: Uint8Array[] = [];

  add(values: Iterable<string>): void {
    for (const value of values) {
      if (value === "" || this.#values.has(value)) continue;
      this.#values.add(value);
      for (const form of secretForms(value)) {
        const key = Buffer.from(form).toString("latin1");
        if (this.#known.has(key)) continue;
        this.#known.add(key);
        this.#fresh.push(form);
      }
    }
  }

  get isEmpty(): boolean {
    return this.#values.size === 0;
  }

  /** Puts `<sensitive>` in place of every secret. Secrets that overlap become one. */
  mask(text: string): string {
    if (this.isEmpty || text === "") return text;
    const bytes = Buffer.from(text);
    const { ranges } = this.#find(text, bytes);
    return ranges.ends.length === 0 ? text : replaced(bytes, ranges, 0);
  }

  /**
   * Masks one piece of a longer text that comes in pieces. `open` is what the piece before gave; the new `open` belongs to the next one.
   * A secret that is cut by the end of the piece loses at least its longer half.
   */
  maskPiece(piece: string, open: OpenEnd): { readonly text: string; readonly open: OpenEnd } {
    if (this.isEmpty || piece === "") return { text: piece, open: "" };
    const text = open + piece;
    const bytes = Buffer.from(text);
    const skipped = Buffer.byteLength(open);
    const { ranges, end } = this.#find(text, bytes);
    const start = bytes.length - end.depth;
    if (end.depth >= SHORTEST_START && end.depth * 2 >= end.shortest) ranges.add(start, bytes.length);
    const isOpen = end.depth > 0 && end.shortest >= SHORTEST_START;
    return {
      text: ranges.ends.length === 0 ? piece : replaced(bytes, ranges, skipped),
      open: isOpen ? bytes.subarray(start).toString() : "",
    };
  }

  #find(text: string, bytes: Uint8Array): { readonly ranges: RangeList; readonly end: TextEnd } {
    this.#settle();
    let end: TextEnd = { depth: 0, shortest: 0 };
    const places: [number, number][] = [];
    const collect = (from: Uint8Array, map: Int32Array | undefined): void => {
      for (const { automaton } of this.#tiers) {
        const hits = new RangeList();
        const tail = automaton.scan(from, hits);
        if (map === undefined && tail.depth > end.depth) end = tail;
        hits.starts.forEach((start, at) => {
          const stop = hits.ends[at] ?? 0;
          places.push(map === undefined ? [start, stop] : [map[start] ?? 0, map[stop] ?? 0]);
        });
      }
    };
    collect(bytes, undefined);
    for (const variant of textVariants(text, bytes)) collect(variant.bytes, variant.places);
    const ranges = new RangeList();
    for (const [start, stop] of places.sort((a, b) => a[1] - b[1])) if (start < stop) ranges.add(start, stop);
    return { ranges, end };
  }

  /** Takes what was added into automata, so that adding one at a time costs little too. */
  #settle(): void {
    if (this.#fresh.length === 0) return;
    let patterns: readonly Uint8Array[] = this.#fresh;
    let bytes = sizeOf(patterns);
    this.#fresh = [];
    for (let last = this.#tiers.at(-1); last !== undefined && last.bytes < bytes * 2; last = this.#tiers.at(-1)) {
      patterns = [...last.patterns, ...patterns];
      bytes += last.bytes;
      this.#tiers.pop();
    }
    this.#tiers.push({ patterns, bytes, automaton: new Automaton(patterns) });
  }
}

/** The text from a place on, masked. A range that begins before it counts for what is left of it. */
function replaced(bytes: Buffer, { starts, ends }: RangeList, skipped: number): string {
  let text = "";
  let at = skipped;
  starts.forEach((start, place) => {
    const end = ends[place] ?? 0;
    if (end <= skipped) return;
    text += bytes.toString("utf8", at, Math.max(start, at)) + MASK;
    at = end;
  });
  return text + bytes.toString("utf8", at);
}

function sizeOf(patterns: readonly Uint8Array[]): number {
  return patterns.reduce((sum, { length }) => sum + length, 0);
}
