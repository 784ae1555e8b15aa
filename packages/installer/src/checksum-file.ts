/** A line of a checksum file. */
export interface ChecksumLine {
  /** Hex, lower case. */
  readonly sha256: string;
  /** As written, without the `*` of binary mode. Not checked: see parseArchiveName. */
  readonly fileName: string;
}

/**
 * Reads a `SHA256SUMS` file: lines of exactly two fields, a SHA-256 in hex and a file name; others are skipped. More lenient than
 * the reference in two ways: a `*` before the name is taken off, and a last line without line feed counts.
 */
export function parseChecksumFile(content: Uint8Array | string): readonly ChecksumLine[] {
  const text = typeof content === "string" ? content : new TextDecoder().decode(content);
  const lines: ChecksumLine[] = [];
  for (const line of text.split("\n")) {
    const [sha256 = "", name = "", ...more] = line.trim().split(/\s+/);
    const fileName = name.replace(/^\*/, "");
    if (more.length > 0 || fileName === "" || !/^[0-9a-f]{64}$/i.test(sha256)) continue;
    lines.push({ sha256: sha256.toLowerCase(), fileName });
  }
  return lines;
}
