/** A text as someone may read it who undoes an encoding, and where in the original each of its bytes begins. */
export interface TextVariant {
  readonly bytes: Uint8Array;
  /** One entry more than there are bytes: the last one is where the text ends. Undefined: the original itself. */
  readonly places: Int32Array | undefined;
}

const MAX_DEPTH = 3;
const MAX_VARIANTS = 24;

/**
 * All texts that come of undoing escapes, quotes, and percent signs, also one after the other, and of putting lines together. The text
 * itself is the first.
 */
export function textVariants(text: string, bytes: Uint8Array): readonly TextVariant[] {
  const plain = { bytes, places: undefined };
  const whole = text.includes("\n") ? [plain, decoded(plain, lineBreak) ?? plain] : [plain];
  if (!/[\\%&+]|''|""|'"/.test(text)) return whole;
  return whole.flatMap((variant) => [variant, ...undone(variant)]);
}

/** How many characters at the end of a text may be the start of an escape, of quotes or of a percent sign. */
export function unfinishedLength(text: string): number {
  return UNFINISHED.exec(text.slice(-MAX_ESCAPE))?.[0].length ?? 0;
}

const MAX_ESCAPE = 12;
const UNFINISHED =
  /(?:\\(?:[uU]\{?[0-9a-fA-F]{0,7}|x[0-9a-fA-F]?|[0-7]{1,2})?|\\u[dD][89abAB][0-9a-fA-F]{2}\\(?:u[0-9a-fA-F]{0,3})?|%[0-9a-fA-F]?|&#?\w{0,8}|'(?:\\'?|"'?"?)?|")$/;

function undone(variant: TextVariant): readonly TextVariant[] {
  const found: TextVariant[] = [];
  let level: readonly TextVariant[] = [variant];
  for (let depth = 0; depth < MAX_DEPTH && found.length < MAX_VARIANTS; depth++) {
    level = level.flatMap((one) => DECODERS.map((decode) => decoded(one, decode)).filter((next) => next !== undefined));
    found.push(...level);
  }
  return found;
}

/** What stands at a place: how many bytes it takes, and what it means. Undefined: nothing special. */
type Decoder = (
  bytes: Uint8Array,
  at: number,
) => { readonly taken: number; readonly meant: readonly number[] } | undefined;

function decoded({ bytes, places }: TextVariant, decode: Decoder): TextVariant | undefined {
  const out = new Uint8Array(bytes.length);
  const from = new Int32Array(bytes.length + 1);
  let size = 0;
  let isChanged = false;
  for (let at = 0; at < bytes.length;) {
    const place = places === undefined ? at : (places[at] ?? 0);
    const hit = MARKS[bytes[at] ?? 0] === 1 ? decode(bytes, at) : undefined;
    if (hit === undefined) {
      from[size] = place;
      out[size++] = bytes[at++] ?? 0;
      continue;
    }
    isChanged = true;
    for (const byte of hit.meant) {
      from[size] = place;
      out[size++] = byte;
    }
    at += hit.taken;
  }
  if (!isChanged) return undefined;
  from[size] = places === undefined ? bytes.length : (places[bytes.length] ?? 0);
  return { bytes: out.subarray(0, size), places: from };
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const PLUS = 0x2b;
const AMPERSAND = 0x26;
const SINGLE = 0x27;
const DOUBLE = 0x22;

/** Bytes at which a decoder may find something. */
const MARKS = new Uint8Array(256);
for (const byte of [LINE_FEED, CARRIAGE_RETURN, BACKSLASH, PERCENT, PLUS, AMPERSAND, SINGLE, DOUBLE]) MARKS[byte] = 1;

const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, b: 8, f: 12, v: 11, a: 7, e: 27 };

/** Backslashes as in JSON, Go, C and the shells. */
function backslash(bytes: Uint8Array, at: number): ReturnType<Decoder> {
  if (bytes[at] !== BACKSLASH || at + 1 >= bytes.length) return undefined;
  const next = String.fromCharCode(bytes[at + 1] ?? 0);
  const control = CONTROLS[next];
  if (control !== undefined) return { taken: 2, meant: [control] };
  if (next === "u" || next === "U") return unicodeEscape(bytes, at) ?? { taken: 2, meant: [bytes[at + 1] ?? 0] };
  const after = latin(bytes, at + 1, 4);
  const octal = /^[0-7]{1,3}/.exec(after)?.[0];
  if (octal !== undefined) return { taken: 1 + octal.length, meant: [parseInt(octal, 8) & 0xff] };
  const hex = /^x([0-9a-fA-F]{1,2})/.exec(after)?.[1];
  if (hex !== undefined) return { taken: 2 + hex.length, meant: [parseInt(hex, 16)] };
  return { taken: 2, meant: [bytes[at + 1] ?? 0] };
}

function unicodeEscape(bytes: Uint8Array, at: number): ReturnType<Decoder> {
  const text = latin(bytes, at, 12);
  const match =
    /^\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})/.exec(text) ??
    /^\\u([0-9a-fA-F]{4})/.exec(text) ??
    /^\\u\{([0-9a-fA-F]{1,6})\}/.exec(text) ??
    /^\\U([0-9a-fA-F]{8})/.exec(text);
  if (match === null) return undefined;
  const [whole, first = "", second] = match;
  const code = parseInt(first, 16);
  if (code > 0x10ffff) return undefined;
  const low = second === undefined ? 0 : parseInt(second, 16);
  const character = second === undefined ? String.fromCodePoint(code) : String.fromCharCode(code, low);
  return { taken: whole.length, meant: [...Buffer.from(character)] };
}

function percent(bytes: Uint8Array, at: number): ReturnType<Decoder> {
  if (bytes[at] !== PERCENT) return undefined;
  const hex = /^[0-9a-fA-F]{2}/.exec(latin(bytes, at + 1, 2))?.[0];
  return hex === undefined ? undefined : { taken: 3, meant: [parseInt(hex, 16)] };
}

/** Forms have a plus for a space. What has percent signs too is decoded by both, this one first. */
function plus(bytes: Uint8Array, at: number): ReturnType<Decoder> {
  return bytes[at] === PLUS ? { taken: 1, meant: [0x20] } : undefined;
}

/** How shells put a single quote between single quotes: `'\''` and `'"'"'`. */
function shellQuote(bytes: Uint8Array, at: number): ReturnType<Decoder> {
  if (bytes[at] !== SINGLE) return undefined;
  const text = latin(bytes, at, 5);
  if (text.startsWith("'\\''")) return { taken: 4, meant: [SINGLE] };
  return text === `'"'"'` ? { taken: 5, meant: [SINGLE] } : undefined;
}

/** Quotes written twice, as in SQL, CSV and PowerShell. */
function doubledQuote(bytes: Uint8Array, at: number): ReturnType<Decoder> {
  const byte = bytes[at] ?? 0;
  if (byte !== SINGLE && byte !== DOUBLE) return undefined;
  return bytes[at + 1] === byte ? { taken: 2, meant: [byte] } : undefined;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function htmlEntity(bytes: Uint8Array, at: number): ReturnType<Decoder> {
  if (bytes[at] !== AMPERSAND) return undefined;
  const match = /^&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6}));/.exec(latin(bytes, at, 10));
  if (match === null) return undefined;
  const [whole, name, decimal, hex] = match;
  const code = decimal === undefined ? parseInt(hex ?? "", 16) : Number(decimal);
  const character = name === undefined ? (code <= 0x10ffff ? String.fromCodePoint(code) : "") : ENTITIES[name];
  return { taken: whole.length, meant: [...Buffer.from(character ?? "")] };
}

/** The end of a line, and what the next one is indented by. */
function lineBreak(bytes: Uint8Array, at: number): ReturnType<Decoder> {
  let end = bytes[at] === CARRIAGE_RETURN ? at + 1 : at;
  if (bytes[end] !== LINE_FEED) return undefined;
  for (end++; bytes[end] === 0x20 || bytes[end] === 0x09;) end++;
  return { taken: end - at, meant: [] };
}

const DECODERS: readonly Decoder[] = [backslash, plus, percent, shellQuote, doubledQuote, htmlEntity];

function latin(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
