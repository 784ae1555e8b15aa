import { randomUUID } from "node:crypto";
import { lstat, open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeFolders } from "@ingot/files";
import { messageOf, type Diagnostic } from "@ingot/diag";
import type { SourceFile } from "@ingot/hcl";
import { InstallError } from "../install-error.js";
import { reasonOf } from "../store/folder-error.js";
import { systemCodeOf } from "../system-code.js";
import { EMPTY_LOCK, LOCK_FILE_NAME, type LockFile } from "./lock-file.js";
import { lockFileText } from "./lock-file-text.js";
import { lockSource, parseLockFile } from "./parse-lock-file.js";

export interface ReadLock {
  readonly path: string;
  readonly exists: boolean;
  /** Empty when there is no file. With errors among the diagnostics it must not be used. */
  readonly lock: LockFile;
  readonly diagnostics: readonly Diagnostic[];
  /** For messages that show lines of the file. */
  readonly source?: SourceFile;
}

const MOST_BYTES = 8 * 2 ** 20;

/** Reads the lock file of a template's folder. `displayName` is what diagnostics call it, default its path. */
export async function readLockFile(folder: string, displayName?: string): Promise<ReadLock> {
  const path = join(folder, LOCK_FILE_NAME);
  const filename = displayName ?? path;
  try {
    const stats = await stat(path);
    if (!stats.isFile()) throw new InstallError(`The lock file ${path} is not a file.`);
    if (stats.size > MOST_BYTES) throw new InstallError(`The lock file ${path} is larger than ${MOST_BYTES} bytes.`);
    const bytes = await readFile(path);
    const { value: lock, diagnostics } = parseLockFile({ filename, source: bytes });
    return { path, exists: true, lock, diagnostics, source: lockSource(filename, bytes) };
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT" && !(await isLink(path))) {
      return { path, exists: false, lock: EMPTY_LOCK, diagnostics: [] };
    }
    if (error instanceof InstallError) throw error;
    throw new InstallError(`The lock file ${path} can't be read: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * Writes the lock file of a template's folder: to a temporary name, then renamed, so that readers see the old one or the new one.
 * Tells whether anything changed; the same content is not written again.
 */
export async function writeLockFile(folder: string, lock: LockFile): Promise<boolean> {
  const path = join(folder, LOCK_FILE_NAME);
  const text = lockFileText(lock);
  try {
    const target = await realpath(path).catch(() => path); // a link stays a link
    const old = await readFile(target, "utf8").catch(() => undefined);
    if (old === text) return false;
    await makeFolders(dirname(target));
    await replaceFile(target, text);
    return true;
  } catch (error) {
    throw new InstallError(`The lock file ${path} can't be written: ${reasonOf(error)}.`, { cause: error });
  }
}

async function replaceFile(target: string, text: string): Promise<void> {
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, "wx", 0o666);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function isLink(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isSymbolicLink() ?? false;
}
