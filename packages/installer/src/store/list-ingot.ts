import { lstatSync } from "node:fs";
import { basename } from "node:path";
import { messageOf } from "@ingot/diag";
import { INGOT_API, parseAssetName, runsOn } from "../asset-names.js";
import type { InstalledPlugin } from "../installed-plugin.js";
import { currentPlatform } from "../platform.js";
import { hashFolder } from "./hash-content.js";
import { isAskedFor } from "./is-asked-for.js";
import { contentFolder, readRecord } from "./index-record.js";
import type { StoreQuery } from "./plugin-store.js";
import type { StoreContext } from "./store-context.js";

/** The index records that a listing looks at: by their names alone. */
export function isIngotCandidate(path: string, { address, platform = currentPlatform() }: StoreQuery): boolean {
  const name = basename(path);
  if (!name.startsWith("ingot-plugin-") || !name.endsWith(".json")) return false;
  const asset = parseAssetName(name.replace(/\.json$/, ""));
  if (asset === undefined) return address === undefined;
  return (address === undefined || asset.name === address.name) && runsOn(asset.platform, platform);
}

/** Looks at one index record and the content that it names. As `readPackerPlugin`. */
export async function readIngotPlugin(
  file: string,
  query: StoreQuery,
  context: StoreContext,
): Promise<InstalledPlugin | { readonly fault: string } | undefined> {
  const plugin = readRecord(context.root, file);
  if ("fault" in plugin) return plugin;
  if (!isAskedFor(plugin.version, query)) return undefined;
  if (query.checkApi !== false && plugin.api !== INGOT_API) {
    return { fault: `its protocol version is ${plugin.api}; this version of Ingot knows ${INGOT_API}` };
  }
  const fault = await contentFault(plugin, context);
  return fault === undefined ? plugin : { fault };
}

/** Says what is wrong with the files of an installed plugin; undefined when they are what was installed. */
export async function contentFault(
  plugin: InstalledPlugin,
  context: StoreContext & { readonly thorough?: boolean },
): Promise<string | undefined> {
  const folder = contentFolder(context.root, plugin.contentHash);
  if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return `its files are missing (${folder})`;
  try {
    const found = await hashFolder(folder, context);
    if (found !== plugin.contentHash) return contentDifference(plugin.contentHash, found);
    return lstatSync(plugin.executable, { throwIfNoEntry: false }) ? undefined : "its executable is missing";
  } catch (error) {
    context.signal.throwIfAborted();
    return messageOf(error);
  }
}

export function contentDifference(installed: string, found: string): string {
  return `its files were changed after they were installed: the content hash was ${installed} and is ${found}`;
}
