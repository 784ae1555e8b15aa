import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A socket's path has at most 103 bytes on some systems; plugins add a name of up to 27 to the folder's. */
const MAX_FOLDER_BYTES = 75;

/** Makes a fresh folder with mode 0700 for a plugin's sockets. Takes /tmp when the usual place has too long a name. */
export function makeSocketFolder(base: string = tmpdir()): string {
  const wanted = join(base, "ingot-");
  const fits = Buffer.byteLength(wanted) + 6 <= MAX_FOLDER_BYTES || process.platform === "win32";
  const folder = mkdtempSync(fits ? wanted : "/tmp/ingot-");
  chmodSync(folder, 0o700);
  return folder;
}

/** Removes the folder and what is left in it. Never throws: it is the last step of a clean-up. */
export function removeSocketFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Somebody else is removing it, or it is not ours any more.
  }
}
