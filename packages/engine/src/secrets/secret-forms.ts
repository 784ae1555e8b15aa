/** A piece of a very long secret, so that none of them fills the memory. Pieces overlap: their base64 forms leave no gap. */
const PIECE_BYTES = 1024;
const OVERLAP_BYTES = 3;
/** Shorter texts are too likely to stand in ordinary text once they are encoded, or cut. */
const SHORTEST_ENCODED = 4;
/** Tools break base64 after so many bytes: 76 and 64 columns. */
const WRAPPED_BYTES = [57, 48];

/**
 * The byte strings that stand for a secret: itself, with line feeds in place of CR LF, each of its lines, and all of these in hexadecimal
 * and in base64 at every alignment, plain or URL-safe. Other encodings are undone in the text (text-variants.ts). None is empty.
 */
export function secretForms(secret: string): readonly Uint8Array[] {
  const forms = new Map<string, Uint8Array>();
  const add = (text: string): void => {
    if (text !== "" && !forms.has(text)) forms.set(text, Buffer.from(text));
  };
  for (const text of plainTexts(secret)) {
    for (const bytes of pieces(Buffer.from(text))) {
      add(bytes.toString());
      for (const encoded of encodedForms(bytes)) add(encoded);
    }
    for (const encoded of wrappedBase64(text)) add(encoded);
  }
  return [...forms.values()];
}

/** What is a secret as plain text: the whole, and its lines. What shows lines may drop the space at their ends. */
function plainTexts(secret: string): ReadonlySet<string> {
  const unix = secret.replaceAll("\r\n", "\n");
  const texts = new Set([secret, unix, ...unix.split("\n"), ...unix.split(/[\r\n]/)]);
  for (const text of [...texts]) {
    const trimmed = text.trimEnd();
    if (trimmed.length >= SHORTEST_ENCODED) texts.add(trimmed);
  }
  texts.delete("");
  return texts;
}

function* pieces(bytes: Buffer): Iterable<Buffer> {
  if (bytes.length <= 4 * PIECE_BYTES) {
    yield bytes;
    return;
  }
  for (let at = 0; at < bytes.length; at += PIECE_BYTES - OVERLAP_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

function* encodedForms(bytes: Buffer): Iterable<string> {
  if (bytes.length < SHORTEST_ENCODED) return;
  yield bytes.toString("hex");
  yield bytes.toString("hex").toUpperCase();
  for (const encoding of ["base64", "base64url"] as const) {
    yield bytes.toString(encoding);
    for (const before of [0, 1, 2]) yield base64Core(bytes, before, encoding);
  }
}

/** The characters that `bytes` alone decide when `before` other bytes (mod 3) come first, and anything may follow. */
function base64Core(bytes: Buffer, before: number, encoding: "base64" | "base64url"): string {
  const text = Buffer.concat([Buffer.alloc(before), bytes])
    .toString(encoding)
    .replaceAll("=", "");
  const first = Math.ceil((before * 8) / 6);
  const last = Math.floor(((before + bytes.length) * 8) / 6);
  return text.slice(first, last);
}

/** The lines that the usual tools make of a long secret, with or without a line feed at its end. */
function* wrappedBase64(text: string): Iterable<string> {
  const bytes = Buffer.from(`${text}\n`);
  for (const width of WRAPPED_BYTES) {
    if (bytes.length <= width) continue;
    for (let at = 0; at < bytes.length; at += width) {
      const line = bytes.subarray(at, Math.min(at + width, bytes.length));
      if (line.length >= SHORTEST_ENCODED) yield line.toString("base64");
      const isLast = at + width >= bytes.length;
      if (isLast && line.length > SHORTEST_ENCODED) yield line.subarray(0, -1).toString("base64");
    }
  }
}
