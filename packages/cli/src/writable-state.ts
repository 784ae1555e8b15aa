import { accessSync, constants, lstatSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { makeFoldersSync } from "@ingot/files";
import { given } from "./settings.js";

/**
 * Where a run keeps its journal: the state folder; or a folder of the user's own beside the temporary files where nothing can be written in
 * the home, as in many containers. A folder that INGOT_STATE_DIR names is never exchanged.
 */
export function writableState(state: string, env: Readonly<Record<string, string | undefined>>): string {
  if (given(env["INGOT_STATE_DIR"]) !== undefined || canBeMade(state)) return state;
  const uid = process.getuid?.();
  const own = path.resolve(tmpdir(), `ingot-state-${uid ?? "user"}`);
  return makeOwn(own, uid) ? own : state;
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

/** Makes the folder. False when somebody else made it, or can write in it: everybody may make things beside the temporary files. */
function makeOwn(folder: string, uid: number | undefined): boolean {
  try {
    makeFoldersSync(folder, 0o700);
    const stats = lstatSync(folder);
    return uid === undefined || (stats.isDirectory() && stats.uid === uid && (stats.mode & 0o077) === 0);
  } catch {
    return false;
  }
}
