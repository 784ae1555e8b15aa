const ID_START = /\p{ID_Start}/u;
const ID_CONTINUE = /\p{ID_Continue}/u;

/** The length of the UTF-8 sequence at an offset, 1 to 4, or 0 when the bytes there are broken. */
export function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf8 ? 0 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  for (let offset = 1; offset < length; offset++) {
    if (((bytes[at + offset] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  const second = bytes[at + 1] ?? 0;
  if ((first === 0xe0 && second < 0xa0) || (first === 0xed && second > 0x9f)) return 0; // overlong; surrogates
  if ((first === 0xf0 && second < 0x90) || (first === 0xf4 && second > 0x8f) || first > 0xf4) return 0;
  return length;
}

/** The code point of a valid sequence. */
function codePointAt(bytes: Uint8Array, at: number, length: number): number {
  const first = bytes[at] ?? 0;
  if (length === 1) return first;
  let point = first & (0xff >> (length + 1));
  for (let offset = 1; offset < length; offset++) point = (point << 6) | ((bytes[at + offset] ?? 0) & 0x3f);
  return point;
}

/** Tells whether a byte may continue an identifier. Bytes from 0x80 on need `identifierEnd`. */
function isAsciiContinue(byte: number): boolean {
  return (
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x5f ||
    byte === 0x2d
  );
}

/** Tells whether an identifier can begin at an offset. */
export function startsIdentifier(bytes: Uint8Array, at: number): boolean {
  const byte = bytes[at] ?? 0;
  if (byte < 0x80) return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || byte === 0x5f;
  const length = sequenceLength(bytes, at);
  return length > 0 && ID_START.test(String.fromCodePoint(codePointAt(bytes, at, length)));
}

/** Where an identifier ends of which at least the first character lies before `at`. */
export function identifierEnd(bytes: Uint8Array, at: number): number {
  const size = bytes.length;
  while (at < size) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) {
      if (!isAsciiContinue(byte)) return at;
      at++;
      continue;
    }
    const length = sequenceLength(bytes, at);
    if (length === 0 || !ID_CONTINUE.test(String.fromCodePoint(codePointAt(bytes, at, length)))) return at;
    at += length;
  }
  return at;
}

/**
 * Where a number ends that begins at `at` with a digit. Takes all that looks like a number in one piece, so that `1.2.3` is one
 * wrong number; a trailing dot is not part of it.
 */
export function numberEnd(bytes: Uint8Array, at: number): number {
  let end = at;
  for (;;) {
    const byte = bytes[at] ?? 0;
    if (isDigit(byte)) {
      end = ++at;
    } else if (byte === 0x2e) {
      at++;
    } else if (byte === 0x65 || byte === 0x45) {
      const sign = bytes[at + 1];
      const digit = sign === 0x2b || sign === 0x2d ? at + 2 : at + 1;
      if (!isDigit(bytes[digit] ?? 0)) return end;
      end = at = digit + 1;
    } else {
      return end;
    }
  }
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** The offset after the newline at `at` (`\n` or `\r\n`), or `at` when there is none. */
export function newlineEnd(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === 0x0a) return at + 1;
  return byte === 0x0d && bytes[at + 1] === 0x0a ? at + 2 : at;
}
