import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { messageOf, systemReason } from "@ingot/diag";

/** A socket's path has at most 103 bytes on some systems; plugins add a name of up to 27 to the folder's. */
const MAX_FOLDER_BYTES = 75;

/** Makes a fresh folder with mode 0700 for a plugin's sockets. Takes /tmp when the usual place has too long a name. */
export function makeSocketFolder(base: string = tmpdir()): string {
  const name = `ingot-${process.pid}-`;
  const wanted = join(resolve(base), name); // plugins have to give absolute paths
  const fits = Buffer.byteLength(wanted) + 6 <= MAX_FOLDER_BYTES || process.platform === "win32";
  const folder = makeUnique(fits ? wanted : `/tmp/${name}`);
  chmodSync(folder, 0o700);
  return folder;
}

function makeUnique(prefix: string): string {
  try {
    return mkdtempSync(prefix);
  } catch (error) {
    const reason = systemReason(error) ?? messageOf(error);
    const place = dirname(prefix);
    throw new Error(`No folder for sockets can be made in ${place}: ${reason}. TMPDIR names another place.`, {
      cause: error,
    });
  }
}

/** Removes the folder and what is left in it. Never throws: it is the last step of a clean-up. */
export function removeSocketFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Somebody else is removing it, or it is not ours any more.
  }
}

/** A process of this number may live where we can't see it, in another container with the same /tmp: so only old folders go. */
const STALE_MS = 24 * 60 * 60 * 1000;

/** Removes the folders of hosts that were killed long ago. Never rejects. */
export async function sweepSocketFolders(base: string = tmpdir()): Promise<void> {
  const names = await readdir(base).catch(() => []);
  for (const name of names) {
    const pid = /^ingot-(\d+)-\w{6}$/.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const stats = await lstat(join(base, name)).catch(() => undefined);
    if (stats?.isDirectory() && Date.now() - stats.mtimeMs > STALE_MS) removeSocketFolder(join(base, name));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
