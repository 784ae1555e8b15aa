/** The compression of an archive. */
export type Algorithm = "none" | "pgzip" | "bgzf" | "lz4" | "xz" | "bzip2";

/** What to write: a tar or zip of all files, or one file alone, and how it is compressed. */
export interface ArchiveFormat {
  readonly archive: "tar" | "zip" | "";
  readonly algorithm: Algorithm;
}

const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  gz: "pgzip",
  lz4: "lz4",
  bgzf: "bgzf",
  xz: "xz",
  bzip2: "bzip2",
};

/**
 * Finds the format in an output path, before `{{ }}` in it are rendered. All `.word` count, in folders too, and the last decides,
 * as templates have it today: `a.tar.bz2` is gzip, since only `bzip2` is known.
 */
export function detectFormat(output: string, format = ""): ArchiveFormat {
  const text = format === "" ? output : `${output}.${format}`;
  const words = [...text.matchAll(/\.([a-z0-9]+)/g)].map(([, word = ""]) => word);
  const last = words.at(-1) ?? "";
  if (last === "zip" || last === "tar") return { archive: last, algorithm: "none" };
  const algorithm = Object.hasOwn(ALGORITHMS, last) ? ALGORITHMS[last] : undefined;
  if (algorithm === undefined) return { archive: "tar", algorithm: "pgzip" };
  return { archive: words.at(-2) === "tar" ? "tar" : "", algorithm };
}
