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
    return ranges.ends.length === 0 ? text : replaced(bytes, ranges);
  }

  /**
   * Masks one piece of a longer text that comes in pieces. `open` is what the piece before gave; the new `open` belongs to the next one.
   * A secret that is cut by the end of the piece loses at least its longer half.
   */
  maskPiece(piece: string, open: OpenEnd): { readonly text: string; readonly open: OpenEnd } {
    if (this.isEmpty || piece === "") return { text: piece, open: "" };
    const bytes = Buffer.from(piece);
    const { ranges, end } = this.#find(piece, bytes);
    const joint = open === "" ? undefined : this.#joint(open, piece);
    const start = bytes.length - (joint?.end.depth ?? end.depth);
    const isMostOfOne = isLongStart(joint?.end ?? end);
    const all = new RangeList();
    if (joint !== undefined && joint.covered > 0) all.add(0, joint.covered);
    ranges.starts.forEach((from, at) => all.add(from, ranges.ends[at] ?? 0));
    if (isMostOfOne) all.add(Math.max(start, 0), bytes.length);
    const openBytes =
      start < 0 ? Buffer.concat([Buffer.from(open), bytes]).subarray(start - bytes.length) : bytes.subarray(start);
    return { text: all.ends.length === 0 ? piece : replaced(bytes, all), open: openBytes.toString() };
  }

  /** Where a secret that begins in `open` ends in `piece`, in bytes. Short ones don't count: they would be found everywhere. */
  #joint(open: OpenEnd, piece: string): { readonly covered: number; readonly end: TextEnd } {
    const text = open + piece;
    const { ranges, end } = this.#find(text, Buffer.from(text));
    const skipped = Buffer.byteLength(open);
    const across = ranges.starts.findIndex((start, at) => start < skipped && (ranges.ends[at] ?? 0) > skipped);
    const stop = ranges.ends[across] ?? 0;
    return { covered: stop - (ranges.starts[across] ?? 0) < SHORTEST_START ? 0 : stop - skipped, end };
  }

  #find(text: string, bytes: Buffer): { readonly ranges: RangeList; readonly end: TextEnd } {
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
    const isInMask = maskFinder(bytes);
    for (const [start, stop] of places.sort((a, b) => a[1] - b[1]))
      if (start < stop && !isInMask(start, stop)) ranges.add(start, stop);
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

function isLongStart({ depth, shortest }: TextEnd): boolean {
  return depth >= SHORTEST_START && depth * 2 >= shortest;
}

function replaced(bytes: Buffer, { starts, ends }: RangeList): string {
  let text = "";
  let at = 0;
  starts.forEach((start, place) => {
    text += bytes.toString("utf8", at, start) + MASK;
    at = ends[place] ?? 0;
  });
  return text + bytes.toString("utf8", at);
}

/** Tells of a place whether it lies in a mask: masking what is masked already changes nothing, also with secrets such as "s". */
function maskFinder(bytes: Buffer): (start: number, stop: number) => boolean {
  const masks: number[] = [];
  for (let at = bytes.indexOf(MASK); at >= 0; at = bytes.indexOf(MASK, at + MASK.length)) masks.push(at);
  let next = 0;
  // The places come in the order of their ends.
  return (start, stop) => {
    while (next < masks.length && (masks[next] ?? 0) + MASK.length < stop) next++;
    const at = masks[next];
    return at !== undefined && at <= start && stop <= at + MASK.length;
  };
}

function sizeOf(patterns: readonly Uint8Array[]): number {
  return patterns.reduce((sum, { length }) => sum + length, 0);
}
