import { createHash, randomUUID } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { makeFolders } from "@ingot/files";
import { isKeptRelease, type GitHubRelease } from "./parse-releases.js";

/** A page of a list of releases, with what asks whether it has changed. */
export interface KeptPage {
  readonly etag: string;
  readonly releases: readonly GitHubRelease[];
  /** The URL of the next page. */
  readonly next?: string;
}

/**
 * Keeps lists of releases in the cache folder, so that GitHub need not send them again while nothing changed. Trouble with the cache
 * is never an error.
 */
export class ListingCache {
  readonly #folder: string | undefined;

  constructor(cacheFolder: string | undefined) {
    this.#folder = cacheFolder === undefined ? undefined : path.join(cacheFolder, "github");
  }

  /** What is kept for the URL, as the holder of the token (or nobody) may see it. */
  async read(url: URL, authorization: string | undefined): Promise<KeptPage | undefined> {
    const file = this.#fileFor(url, authorization);
    if (file === undefined) return undefined;
    try {
      const value = JSON.parse(await readFile(file, "utf8")) as Partial<Record<keyof KeptPage, unknown>>;
      const { etag, releases, next } = value;
      if (typeof etag !== "string" || !Array.isArray(releases) || !releases.every(isKeptRelease)) return undefined;
      return { etag, releases, ...(typeof next === "string" && { next }) };
    } catch {
      return undefined; // not there, or damaged
    }
  }

  async write(url: URL, authorization: string | undefined, page: KeptPage): Promise<void> {
    const file = this.#fileFor(url, authorization);
    if (file === undefined) return;
    const temporary = `${file}.${randomUUID()}`;
    try {
      await makeFolders(path.dirname(file), 0o700);
      await writeFile(temporary, JSON.stringify(page), { mode: 0o600 });
      await rename(temporary, file);
    } catch {
      await rm(temporary, { force: true }).catch(() => {}); // the folder may be read-only
    }
  }

  #fileFor(url: URL, authorization: string | undefined): string | undefined {
    if (this.#folder === undefined) return undefined;
    const key = createHash("sha256")
      .update(`${url.href}\n${authorization ?? ""}`)
      .digest("hex");
    return path.join(this.#folder, `${key}.json`);
  }
}
