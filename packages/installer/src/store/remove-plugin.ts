import { readdir, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { InstalledPlugin } from "../installed-plugin.js";
import { parsePluginAddress } from "../plugin-address.js";
import { InstallError } from "../install-error.js";
import { systemCodeOf } from "../system-code.js";
import { addressFolder } from "./address-folder.js";
import { findFiles } from "./find-files.js";
import { contentFolder, readRecord, recordFileName } from "./index-record.js";
import { removePackerOrigin } from "./packer-origin.js";
import { storeFolder, TEMPORARY_FILE_PREFIX, TEMPORARY_PREFIX, temporaryName } from "./store-files.js";

/** What was left longer ago than this is nobody's work any more. */
const STALE_MS = 3_600_000;

/** Removes an installed plugin; see PluginStore. */
export async function removePlugin(root: string, plugin: InstalledPlugin): Promise<readonly string[]> {
  const removed: string[] = [];
  const remove = async (path: string) => {
    try {
      await rm(path);
      removed.push(path);
    } catch (error) {
      if (systemCodeOf(error) !== "ENOENT") throw error; // another process may have been faster
    }
  };
  if (plugin.family === "packer") {
    await remove(plugin.executable);
    await remove(`${plugin.executable}_SHA256SUM`);
    await removePackerOrigin(root, plugin.executable);
    return removed;
  }
  const address = parsePluginAddress(plugin.address);
  if ("problem" in address) throw new InstallError(address.problem);
  await remove(join(addressFolder(root, address), recordFileName(plugin)));
  if (await removeContent(root, plugin.contentHash)) removed.push(contentFolder(root, plugin.contentHash));
  return removed;
}

/** Removes contents that no record names. They are renamed away before the records are looked at: see put-ingot.ts. */
async function removeContent(root: string, contentHash: string): Promise<boolean> {
  const folder = contentFolder(root, contentHash);
  if (usedContents(root).has(contentHash)) return false;
  const trash = temporaryName(root);
  try {
    await rename(folder, trash);
  } catch {
    return false; // gone already
  }
  if (usedContents(root).has(contentHash)) {
    // Installed anew in this moment. If the new content is in its place already, ours is not needed.
    await rename(trash, folder).catch(() => rm(trash, { recursive: true, force: true }));
    return false;
  }
  await rm(trash, { recursive: true, force: true });
  return true;
}

function usedContents(root: string): ReadonlySet<string> {
  const used = new Set<string>();
  for (const file of findFiles(root, root)) {
    if (!basename(file).startsWith("ingot-plugin-") || !file.endsWith(".json")) continue;
    const plugin = readRecord(root, file);
    if (!("fault" in plugin)) used.add(plugin.contentHash);
  }
  return used;
}

/** Removes what killed processes left; see PluginStore. Never an error: it is done again the next time. */
export async function cleanStore(root: string): Promise<void> {
  try {
    const store = storeFolder(root);
    for (const name of await readdir(store)) {
      const path = join(store, name);
      if (!(await isStale(path))) continue;
      if (name.startsWith(TEMPORARY_PREFIX)) await rm(path, { recursive: true, force: true });
      else if (/^[0-9a-f]{64}$/.test(name)) await removeContent(root, `sha256:${name}`);
    }
    for (const file of [...findFiles(root, root), ...(await filesOf(join(store, "packer")))]) {
      if (basename(file).startsWith(TEMPORARY_FILE_PREFIX) && (await isStale(file))) await rm(file, { force: true });
    }
  } catch {
    // not there, or not ours to write
  }
}

async function filesOf(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.map((name) => join(folder, name));
}

/** Tells whether nothing in it changed for an hour. */
async function isStale(path: string): Promise<boolean> {
  const stats = await stat(path);
  if (Date.now() - stats.mtimeMs < STALE_MS) return false;
  if (!stats.isDirectory()) return true;
  for (const name of await readdir(path)) if (!(await isStale(join(path, name)))) return false;
  return true;
}
