import { posix } from "node:path";
import { parseChecksum, type Checksum } from "./checksum.js";

const MAX_LINE = 4_096;

/** The file that is looked for in a list of checksums. */
export interface ListedFile {
  /** Its path, as in its URL. */
  readonly path: string;
  /** The path of the list. */
  readonly listPath: string;
}

/**
 * Finds a file's checksum in a list: GNU lines (`HEX  NAME`), BSD lines (`TYPE (NAME) = HEX`), or a digest alone, which is taken
 * for any file. Lines that are none of these are skipped. Undefined when no line fits. Names with spaces are understood; in
 * Packer, a line with one is taken for any file.
 */
export async function findChecksum(
  lines: AsyncIterable<string> | Iterable<string>,
  file: ListedFile,
): Promise<Checksum | undefined> {
  const names = namesOf(file);
  for await (const line of lines) {
    const listed = line.length > MAX_LINE ? undefined : parseLine(line);
    if (listed === undefined) continue;
    const isOurs = (name: string): boolean => {
      const stripped = name.replace(/^[./]+/, "");
      return names.has(name) || (stripped !== "" && file.path.includes(stripped));
    };
    if (listed.names.length === 0 || listed.names.some(isOurs)) return listed.checksum;
  }
  return undefined;
}

function namesOf({ path, listPath }: ListedFile): ReadonlySet<string> {
  const base = posix.basename(path);
  const relative = posix.relative(posix.dirname(listPath), path);
  return new Set([base, `*${base}`, `?${base}`, relative, `./${relative}`, path]);
}

interface ListedChecksum {
  /** What may be the name. Empty: the digest stands alone. */
  readonly names: readonly string[];
  readonly checksum: Checksum;
}

function parseLine(line: string): ListedChecksum | undefined {
  if (/^[#/-]/.test(line)) return undefined;
  const text = line.trim();
  const [, type = "", name, hex = ""] = /^(\S+)\s+\((.*)\)\s+=\s+(\S+)$/.exec(text) ?? [];
  const [, digest = "", rest = ""] = /^(\S+)(?:\s+(.*))?$/s.exec(text) ?? [];
  try {
    if (name !== undefined) return { names: [name], checksum: parseChecksum(`${type}:${hex}`) };
    return { names: rest === "" ? [] : [rest, ...lastWord(rest)], checksum: parseChecksum(digest) };
  } catch {
    return undefined; // of a type that we don't know, or no checksum
  }
}

/** Some lists have the size between the digest and the name. */
function lastWord(text: string): readonly string[] {
  const word = /^\d+\s+(\S+)$/.exec(text)?.[1];
  return word === undefined ? [] : [word];
}
