import { accessSync, constants, lstatSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { given } from "./settings.js";

/**
 * Where a run keeps its journal: the state folder; or a folder of the user's own beside the temporary files where nothing can be written in
 * the home, as in many containers. A folder that INGOT_STATE_DIR names is never exchanged.
 */
export function writableState(state: string, env: Readonly<Record<string, string | undefined>>): string {
  if (given(env["INGOT_STATE_DIR"]) !== undefined || canBeMade(state)) return state;
  const uid = process.getuid?.();
  const own = path.resolve(tmpdir(), `ingot-state-${uid ?? "user"}`);
  return isOwn(own, uid) && canBeMade(own) ? own : state;
}

function canBeMade(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch (error) {
    const above = path.dirname(folder);
    return (error as NodeJS.ErrnoException).code === "ENOENT" && above !== folder && canBeMade(above);
  }
}

/** Nobody else made the folder, or can write in it. */
function isOwn(folder: string, uid: number | undefined): boolean {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  if (stats === undefined || uid === undefined) return true;
  return stats.isDirectory() && stats.uid === uid && (stats.mode & 0o077) === 0;
}
