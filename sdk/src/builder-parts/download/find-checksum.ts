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
 * for any file. Lines that are neither are skipped. Undefined when no line fits.
 */
export async function findChecksum(
  lines: AsyncIterable<string> | Iterable<string>,
  file: ListedFile,
): Promise<Checksum | undefined> {
  const names = namesOf(file);
  for await (const line of lines) {
    const listed = line.length > MAX_LINE ? undefined : parseLine(line);
    if (listed === undefined) continue;
    if (listed.name === undefined || names.has(listed.name)) return listed.checksum;
    const stripped = listed.name.replace(/^[./]+/, "");
    if (stripped !== "" && file.path.includes(stripped)) return listed.checksum;
  }
  return undefined;
}

function namesOf({ path, listPath }: ListedFile): ReadonlySet<string> {
  const base = posix.basename(path);
  const relative = posix.relative(posix.dirname(listPath), path);
  return new Set([base, `*${base}`, `?${base}`, relative, `./${relative}`, path]);
}

function parseLine(line: string): { readonly name: string | undefined; readonly checksum: Checksum } | undefined {
  if (/^[#/-]/.test(line)) return undefined;
  const words = line.split(/\s+/).filter((word) => word !== "");
  const [first = "", second = "", , fourth = ""] = words;
  try {
    if (words.length === 4) {
      const name = /^\((.*)\)$/.exec(second)?.[1];
      if (name !== undefined) return { name, checksum: parseChecksum(`${first.toLowerCase()}:${fourth}`) };
      return undefined;
    }
    if (words.length === 2) return { name: second, checksum: parseChecksum(first) };
    return words.length === 0 ? undefined : { name: undefined, checksum: parseChecksum(first) };
  } catch {
    return undefined; // of a type that we don't know, or no checksum
  }
}
