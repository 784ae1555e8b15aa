import { Automaton, RangeList } from "./secrets/automaton.js";
import { secretForms } from "./secrets/secret-forms.js";
import { textVariants, unfinishedLength } from "./secrets/text-variants.js";

const MASK = "<sensitive>";
const LINE_FEED = 0x0a;
/** More than any secret has: of so many one is kept in an open end, which would else grow with each of them. */
const LINE_BREAKS = /(?:\r?\n[ \t]*){16,}/g;

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
   * Of a secret that is cut by the ends of pieces, the last part is masked, and every part that begins when at least half of it, and
   * eight bytes, have been there. So it is never shown whole; its first part may be.
   */
  maskPiece(piece: string, open: OpenEnd): { readonly text: string; readonly open: OpenEnd } {
    if (this.isEmpty || piece === "") return { text: piece, open };
    const before = Buffer.byteLength(open);
    const text = open + piece;
    const bytes = Buffer.from(text);
    const { ranges, start, mostFrom } = this.#findOpen(text, bytes);
    const places = placesOf(ranges);
    // What is before it may change how its beginning is read.
    if (open !== "")
      for (const [from, to] of placesOf(this.#find(piece, Buffer.from(piece)).ranges))
        places.push([from + before, to + before]);
    places.push(...linesOf([mostFrom, bytes.length], bytes));
    const shown = new RangeList();
    for (const [from, to] of places.sort(byEnd)) if (to > before) shown.add(Math.max(from, before), to);
    return {
      text: shown.ends.length === 0 ? piece : replaced(bytes, shown, before),
      open: bytes.toString("utf8", start).replace(LINE_BREAKS, "\n"),
    };
  }

  /** Finds secrets, and where the start of one at the end of the text begins, and what is at least half of one. */
  #findOpen(text: string, bytes: Buffer): FoundOpen {
    const { ranges, start, mostFrom } = this.#find(text, bytes);
    const unfinished = unfinishedLength(text);
    if (unfinished === 0) return { ranges, start, mostFrom };
    // The next piece may make something else of the end than what it is now.
    const shorter = text.slice(0, -unfinished);
    const without = this.#find(shorter, Buffer.from(shorter));
    return { ranges, start: Math.min(start, without.start), mostFrom };
  }

  #find(text: string, bytes: Buffer): FoundOpen {
    this.#settle();
    let start = bytes.length;
    let mostFrom = bytes.length;
    const places: Place[] = [];
    for (const { bytes: from, places: map } of textVariants(text, bytes)) {
      const original = (at: number): number => (map === undefined ? at : (map[at] ?? 0));
      for (const { automaton } of this.#tiers) {
        const hits = new RangeList();
        const { depth, most } = automaton.scan(from, hits);
        if (depth > 0) start = Math.min(start, original(from.length - depth));
        if (most > 0) mostFrom = Math.min(mostFrom, original(from.length - most));
        for (const [begin, stop] of placesOf(hits)) {
          const place: Place = [original(begin), original(stop)];
          if (map === undefined) places.push(place);
          else places.push(...linesOf(place, bytes));
        }
      }
    }
    const ranges = new RangeList();
    const isInMask = maskFinder(bytes);
    for (const [begin, stop] of places.sort(byEnd)) if (begin < stop && !isInMask(begin, stop)) ranges.add(begin, stop);
    return { ranges, start, mostFrom };
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

/** Where secrets are, in bytes. */
interface FoundOpen {
  readonly ranges: RangeList;
  /** Where the start of a secret at the end of the text begins; the end itself when there is none. */
  readonly start: number;
  /** The same for what is at least half of one. */
  readonly mostFrom: number;
}

/** Where something begins and ends, in bytes. */
type Place = readonly [number, number];

function byEnd(one: Place, other: Place): number {
  return one[1] - other[1];
}

function placesOf({ starts, ends }: RangeList): Place[] {
  return starts.map((start, at) => [start, ends[at] ?? 0]);
}

/** The parts of a place that are on lines of their own. */
function linesOf([start, stop]: Place, bytes: Buffer): readonly Place[] {
  const lines: Place[] = [];
  let from = start;
  for (let at = bytes.indexOf(LINE_FEED, from); at >= 0 && at < stop; at = bytes.indexOf(LINE_FEED, from)) {
    if (at > from) lines.push([from, at]);
    from = at + 1;
    while (from < stop && (bytes[from] === 0x20 || bytes[from] === 0x09)) from++;
  }
  if (stop > from) lines.push([from, stop]);
  return lines;
}

function replaced(bytes: Buffer, { starts, ends }: RangeList, from = 0): string {
  let text = "";
  let at = from;
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
