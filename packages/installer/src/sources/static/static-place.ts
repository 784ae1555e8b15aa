import type { FetchedArchive, FetchOptions, SourceOptions } from "../../plugin-source.js";

/** Plain files by path, on a server or in a folder. The parts of paths are names without separators. */
export interface StaticPlace {
  /** For messages: a URL or a folder. */
  readonly text: string;
  /** Where a file is, for messages. */
  where(parts: readonly string[]): string;
  /** Reads a small file; undefined when there is none. */
  read(
    parts: readonly string[],
    options: SourceOptions & { readonly maxBytes: number },
  ): Promise<Uint8Array | undefined>;
  /** See Release.fetchArchive. */
  fetch(parts: readonly string[], file: string, options: FetchOptions): Promise<FetchedArchive>;
}
