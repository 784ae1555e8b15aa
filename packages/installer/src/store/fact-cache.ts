import { createHash, randomUUID } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFoldersSync } from "@ingot/files";

/**
 * Small facts on disk, each a file of JSON under a key. Trouble with it is never an error: what can't be read is not known. Without
 * a folder nothing is kept.
 */
export class FactCache {
  readonly #folder: string | undefined;

  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  read(kind: string, key: string): unknown {
    if (this.#folder === undefined) return undefined;
    try {
      return JSON.parse(readFileSync(this.#file(this.#folder, kind, key), "utf8"));
    } catch {
      return undefined;
    }
  }

  write(kind: string, key: string, fact: unknown): void {
    if (this.#folder === undefined) return;
    const temporary = join(this.#folder, `${randomUUID()}.tmp`);
    try {
      makeFoldersSync(this.#folder, 0o700);
      writeFileSync(temporary, JSON.stringify(fact), { mode: 0o600 });
      renameSync(temporary, this.#file(this.#folder, kind, key));
    } catch {
      rmSync(temporary, { force: true });
    }
  }

  #file(folder: string, kind: string, key: string): string {
    return join(folder, `${kind}-${createHash("sha256").update(key).digest("hex").slice(0, 40)}.json`);
  }
}
