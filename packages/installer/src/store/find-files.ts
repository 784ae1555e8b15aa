import { lstatSync, readdirSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { storeFolder } from "./store-files.js";

/** Deeper than this below the plugin folder nothing is found. */
const MOST_LEVELS = 16;

/**
 * The files below a folder of the plugin folder, also symbolic links, by path. Nothing directly in the plugin folder counts, nor what
 * is in the store. A folder that isn't there is empty; folders that can't be read are passed over.
 */
export function findFiles(root: string, folder: string): readonly string[] {
  const files: string[] = [];
  const pending = isFolder(folder) ? [folder] : [];
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    if (current === storeFolder(root) || levels(root, current) > MOST_LEVELS) continue;
    for (const entry of entriesOf(current)) {
      const path = join(current, entry.name);
      if (entry.isDirectory()) pending.push(path);
      else if (dirname(path) !== root) files.push(path);
    }
  }
  return files.sort();
}

function levels(root: string, folder: string): number {
  const path = relative(root, folder);
  return path === "" ? 0 : path.split(sep).length;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
