import { mkdirSync, statSync } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it; what is there already stays. Gives the first one that was missing. Rejects with the system's
 * error. Node's own way of it never ends, and keeps a core busy, where a folder cannot be made in one that exists, as below /proc;
 * and it says ENOENT on file systems that can only be read.
 */
export async function makeFolders(path: string, mode?: number): Promise<string | undefined> {
  const make = (): Promise<void> => mkdir(path, mode);
  let first: string | undefined;
  try {
    try {
      await make();
    } catch (error) {
      if (!isMissingAbove(error, path)) throw error;
      first = await makeFolders(dirname(path), mode);
      await make();
    }
    return first ?? path;
  } catch (error) {
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory() !== true) throw error; // otherwise somebody else has made it
    return first;
  }
}

/** The same at once. Throws the system's error. */
export function makeFoldersSync(path: string, mode?: number): string | undefined {
  const make = (): void => mkdirSync(path, mode);
  let first: string | undefined;
  try {
    try {
      make();
    } catch (error) {
      if (!isMissingAbove(error, path)) throw error;
      first = makeFoldersSync(dirname(path), mode);
      make();
    }
    return first ?? path;
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
    return first;
  }
}

function isMissingAbove(error: unknown, path: string): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT" && dirname(path) !== path;
}
