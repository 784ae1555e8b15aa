/** What a tar entry is. "link" is a hard link to an earlier entry. */
export type TarEntryType = "file" | "directory" | "symlink" | "link" | "char" | "block" | "fifo";

/**
 * One entry of a tar archive. Paths and link targets are byte strings: each character stands for one byte (latin1), because
 * file names need not be UTF-8. Paths have no leading "./" or "/" and no trailing slash; the root itself is "".
 */
export interface TarEntry {
  readonly path: string;
  readonly type: TarEntryType;
  /** Permission bits with set-user-id, set-group-id and sticky: at most 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of content; 0 for everything but files. */
  readonly size: number;
  /** Seconds since 1970, whole. */
  readonly mtime: number;
  readonly linkTarget: string;
  readonly devMajor: number;
  readonly devMinor: number;
  /** Extended attributes by full name, such as "security.capability". */
  readonly xattrs: ReadonlyMap<string, Buffer>;
}

const noXattrs: ReadonlyMap<string, Buffer> = new Map();

/** Makes an entry from its essentials: by default owned by root, empty, dated 1970. */
export function tarEntry(path: string, type: TarEntryType, rest: Partial<TarEntry> = {}): TarEntry {
  const mode = type === "directory" ? 0o755 : type === "symlink" ? 0o777 : 0o644;
  const base = { mode, uid: 0, gid: 0, size: 0, mtime: 0, linkTarget: "", devMajor: 0, devMinor: 0, xattrs: noXattrs };
  return { ...base, ...rest, path, type };
}

/** Turns text into a byte string. */
export function toByteString(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** Turns a byte string into text for messages; bytes that are not UTF-8 become replacement characters. */
export function fromByteString(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}
