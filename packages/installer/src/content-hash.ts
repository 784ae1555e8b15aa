import { createHash } from "node:crypto";

/** A file of what is installed. */
export interface ContentFile {
  /** Relative to the plugin's folder. */
  readonly name: string;
  /** Of the content, in hex. */
  readonly sha256: string;
  readonly isExecutable: boolean;
}

/**
 * The content hash of an Ingot plugin: `sha256:` and the SHA-256 over one line per file, `<sha256> <x or -> <name>`, sorted. The
 * same on every system.
 */
export function contentHash(files: readonly ContentFile[]): string {
  const lines = files.map(({ name, sha256, isExecutable }) => `${sha256} ${isExecutable ? "x" : "-"} ${name}\n`).sort();
  return `sha256:${createHash("sha256").update(lines.join("")).digest("hex")}`;
}

/** The content hash of a Packer plugin: that of its one file, which its `_SHA256SUM` file has too. */
export function binaryHash(sha256: string): string {
  return `sha256:${sha256}`;
}

/** The hexadecimal digits of `sha256:HEX`. */
export function hashHex(hash: string): string {
  return hash.replace(/^sha256:/, "");
}
