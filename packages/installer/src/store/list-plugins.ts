import { dirname } from "node:path";
import { compareVersions, parseVersion } from "@ingot/template";
import type { InstalledPlugin } from "../installed-plugin.js";
import { addressFolder } from "./address-folder.js";
import { findFiles } from "./find-files.js";
import { isIngotCandidate, readIngotPlugin } from "./list-ingot.js";
import { isPackerCandidate, readPackerPlugin } from "./list-packer.js";
import type { StoreQuery } from "./plugin-store.js";
import type { StoreContext } from "./store-context.js";

/** How many plugins are looked at at a time: each may be a process that is started. */
const AT_ONCE = 4;

/** Lists what is installed; see PluginStore. */
export async function listPlugins(query: StoreQuery, context: StoreContext): Promise<readonly InstalledPlugin[]> {
  const { address, family } = query;
  const own = address === undefined ? context.root : addressFolder(context.root, address);
  // The reference looks at all of the namespace: a file of the right name counts anywhere in it. Ours count at their address.
  const files = findFiles(context.root, address === undefined ? own : dirname(own));
  const candidates = files.flatMap((path) => {
    if (family !== "ingot" && isPackerCandidate(path, query)) return [{ path, read: readPackerPlugin }];
    const isOwn = address === undefined || dirname(path) === own;
    return family !== "packer" && isOwn && isIngotCandidate(path, query) ? [{ path, read: readIngotPlugin }] : [];
  });
  const found: InstalledPlugin[] = [];
  await forEachAtOnce(candidates, AT_ONCE, async ({ path, read }) => {
    const plugin = await read(path, query, context);
    if (plugin === undefined) return;
    if ("fault" in plugin) query.onSkip?.(path, plugin.fault);
    else found.push(plugin);
  });
  return found.sort(comparePlugins);
}

/** By name, then version, API, and what is preferred last: ours to Packer's, made for the platform to made for any. */
export function comparePlugins(a: InstalledPlugin, b: InstalledPlugin): number {
  const [versionA, versionB] = [parseVersion(a.version), parseVersion(b.version)];
  return (
    compareTexts(a.name, b.name) ||
    (versionA && versionB ? compareVersions(versionA, versionB) : 0) ||
    compareTexts(b.family, a.family) ||
    compareApis(a.api, b.api) ||
    Number(b.platform.os === "any") - Number(a.platform.os === "any") ||
    compareTexts(a.address, b.address)
  );
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareApis(a: string, b: string): number {
  const [numbersA, numbersB] = [a, b].map((api) => api.slice(1).split(".").map(Number));
  return (numbersA?.[0] ?? 0) - (numbersB?.[0] ?? 0) || (numbersA?.[1] ?? 0) - (numbersB?.[1] ?? 0);
}

async function forEachAtOnce<T>(items: readonly T[], count: number, action: (item: T) => Promise<void>): Promise<void> {
  const pending = items.values();
  const work = async () => {
    for (const item of pending) await action(item);
  };
  await Promise.all(Array.from({ length: count }, work));
}
