import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";

/** The kinds of checksum. */
export type ChecksumType = "md5" | "sha1" | "sha256" | "sha512";

/** A checksum that a file must have. */
export interface Checksum {
  readonly type: ChecksumType;
  /** Lower case. */
  readonly hex: string;
}

const TYPE_BY_LENGTH: Readonly<Record<number, ChecksumType>> = { 32: "md5", 40: "sha1", 64: "sha256", 128: "sha512" };
const TYPES: readonly ChecksumType[] = ["md5", "sha1", "sha256", "sha512"];

/**
 * Reads `HEX`, whose length tells the type, or `TYPE:HEX`. Throws an Error that says what is wrong. The forms `none` and `file:` are
 * no checksums yet; see resolveChecksum.
 */
export function parseChecksum(text: string): Checksum {
  const colon = text.indexOf(":");
  const hex = text.slice(colon + 1).toLowerCase();
  const type =
    colon < 0 ? TYPE_BY_LENGTH[text.length] : TYPES.find((each) => each === text.slice(0, colon).toLowerCase());
  if (colon < 0 && !/^[0-9a-f]*$/.test(hex)) throw new Error(`invalid checksum: ${hexProblem(hex)}`);
  if (type === undefined) {
    throw new Error(
      colon < 0 ? `Unknown type for checksum ${text}` : `unsupported checksum type: ${text.slice(0, colon)}`,
    );
  }
  const problem = hexProblem(hex);
  if (problem !== undefined) throw new Error(`invalid checksum: ${problem}`);
  if (TYPE_BY_LENGTH[hex.length] !== type) {
    throw new Error(`invalid checksum: ${hex.length} digits, which is no length for ${type}`);
  }
  return { type, hex };
}

function hexProblem(hex: string): string | undefined {
  const wrong = /[^0-9a-f]/u.exec(hex)?.[0];
  if (wrong !== undefined) return `encoding/hex: invalid byte: ${JSON.stringify(wrong)}`;
  return hex.length % 2 === 1 ? "encoding/hex: odd length hex string" : undefined;
}

/** The canonical form: `sha256:0123...`. */
export function checksumText({ type, hex }: Checksum): string {
  return `${type}:${hex}`;
}

/** Starts to compute a checksum. */
export function startHash({ type }: Checksum): Hash {
  return createHash(type);
}

/** Tells whether a file has a checksum. Reads it in pieces. */
export async function fileHasChecksum(
  path: string,
  checksum: Checksum,
  { signal }: { readonly signal: AbortSignal },
): Promise<boolean> {
  const hash = startHash(checksum);
  for await (const chunk of createReadStream(path, { signal, highWaterMark: 1024 * 1024 }))
    hash.update(chunk as Buffer);
  signal.throwIfAborted();
  return hash.digest("hex") === checksum.hex;
}

/** A file that does not have the checksum that it must have. */
export class ChecksumError extends Error {
  override readonly name = "ChecksumError";

  constructor(path: string, { type, hex }: Checksum, got?: string) {
    super(`Checksums did not match for ${path}.\nExpected: ${type}:${hex}${got === undefined ? "" : `\nGot: ${got}`}`);
  }
}
