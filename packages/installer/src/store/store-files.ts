import { randomUUID } from "node:crypto";
import { open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Where the content-addressed part of a plugin folder is. */
export function storeFolder(root: string): string {
  return join(root, ".store");
}

/** What temporary names begin with; `clean` removes old ones. */
export const TEMPORARY_PREFIX = "tmp-";
export const TEMPORARY_FILE_PREFIX = ".tmp-";

/** A new name for something unfinished in the store. */
export function temporaryName(root: string): string {
  return join(storeFolder(root), `${TEMPORARY_PREFIX}${randomUUID()}`);
}

/** Writes a file whole or not at all: to a temporary name in its folder, then renamed. It is on the disk afterwards. */
export async function writeWhole(file: string, text: string, mode: number): Promise<void> {
  const temporary = join(dirname(file), `${TEMPORARY_FILE_PREFIX}${randomUUID()}`);
  try {
    const handle = await open(temporary, "wx", mode);
    try {
      await handle.chmod(mode);
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Asks the system to keep a folder's names over a power failure. Systems that can't are left alone. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Windows, and file systems that know no such thing
  }
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
