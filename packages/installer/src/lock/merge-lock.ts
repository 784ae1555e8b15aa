import { InstallError } from "../install-error.js";
import type { InstalledPlugin } from "../installed-plugin.js";
import { platformText, type Platform } from "../platform.js";
import { LOCK_FILE_NAME, type LockedPlugin, type LockFile } from "./lock-file.js";

/**
 * Puts what was found out about a plugin into the lock. Of the same version the hashes are united: what was locked stays, on
 * other platforms too. Another version replaces all. Throws InstallError, naming both, when a hash of the same version changed.
 */
export function mergeLock(lock: LockFile, found: LockedPlugin): LockFile {
  const known = lock.plugins.get(found.address);
  const isSameVersion = known?.version === found.version;
  const merged: LockedPlugin = isSameVersion
    ? {
        ...found,
        archives: unite(known, found, "archives"),
        contents: unite(known, found, "contents"),
      }
    : found;
  return { plugins: new Map(lock.plugins).set(found.address, merged) };
}

/** The lock without plugins that are not among the addresses. */
export function pruneLock(lock: LockFile, addresses: ReadonlySet<string>): LockFile {
  return { plugins: new Map([...lock.plugins].filter(([address]) => addresses.has(address))) };
}

function unite(known: LockedPlugin, found: LockedPlugin, kind: "archives" | "contents"): Record<string, string> {
  const hashes: Record<string, string> = { ...known[kind] };
  for (const [platform, hash] of Object.entries(found[kind])) {
    const locked = hashes[platform];
    if (locked !== undefined && locked !== hash) {
      throw new InstallError(hashMismatchText(found, { kind, platform, locked, found: hash }));
    }
    hashes[platform] = hash;
  }
  return hashes;
}

interface HashMismatch {
  readonly kind: "archives" | "contents";
  readonly platform: string;
  readonly locked: string;
  readonly found: string;
}

function hashMismatchText(
  { address, version }: Pick<LockedPlugin, "address" | "version">,
  { kind, platform, locked, found }: HashMismatch,
): string {
  const what = kind === "archives" ? "archive" : "content";
  return `The ${what} of ${address} ${version} for ${platform} is not the one in ${LOCK_FILE_NAME}.
  locked: ${locked}
  found:  ${found}
A published version must never change: either it was replaced, or what arrived was tampered with. To accept the new one all the same, remove the block plugin "${address}" from ${LOCK_FILE_NAME} and run ingot init.`;
}

/** Says what `-lockfile=readonly` objects to: each change from one lock to the other but for the content hash of `platform`. */
export function lockChanges(before: LockFile, after: LockFile, ownPlatforms: readonly Platform[]): readonly string[] {
  const own = new Set(ownPlatforms.map(platformText));
  const addresses = [...new Set([...before.plugins.keys(), ...after.plugins.keys()])].sort();
  return addresses.flatMap((address) => {
    const [old, now] = [before.plugins.get(address), after.plugins.get(address)];
    if (old === undefined) return [`${address} ${now?.version ?? ""} is not locked yet`];
    if (now === undefined) return [`${address} is locked, but no template requires it`];
    return pluginChanges(old, now, own).map((change) => `${address}: ${change}`);
  });
}

function pluginChanges(old: LockedPlugin, now: LockedPlugin, own: ReadonlySet<string>): readonly string[] {
  const changes: string[] = [];
  for (const field of ["version", "constraints", "repository", "signer"] as const) {
    const [a = "", b = ""] = [old[field], now[field]];
    if (a !== b) changes.push(`${field} would change from ${JSON.stringify(a)} to ${JSON.stringify(b)}`);
  }
  for (const kind of ["archives", "contents"] as const) {
    for (const platform of new Set([...Object.keys(old[kind]), ...Object.keys(now[kind])])) {
      const [a, b] = [old[kind][platform], now[kind][platform]];
      if (a === b || (kind === "contents" && own.has(platform) && a === undefined)) continue;
      changes.push(`${kind}.${platform} would change from ${a ?? "nothing"} to ${b ?? "nothing"}`);
    }
  }
  return changes;
}

/** Says why an installed plugin is not the locked one; undefined when it is. */
export function lockMismatch(locked: LockedPlugin, plugin: InstalledPlugin): string | undefined {
  const platform = platformText(plugin.platform);
  if (plugin.version !== locked.version) {
    return `${plugin.address} ${plugin.version} is installed, but ${LOCK_FILE_NAME} has version ${locked.version}. Run ingot init.`;
  }
  const checks = [
    { kind: "archives", locked: locked.archives[platform], found: plugin.archiveHash },
    { kind: "contents", locked: locked.contents[platform], found: plugin.contentHash },
  ] as const;
  for (const { kind, locked: want, found } of checks) {
    if (want === undefined || found === undefined || want === found) continue;
    return hashMismatchText(plugin, { kind, platform, locked: want, found });
  }
  // Without a content hash of this platform only the archive's hash ties what is installed to the lock.
  if (locked.contents[platform] === undefined && plugin.archiveHash === undefined) {
    return `${plugin.address} ${plugin.version} was put into the plugin folder by hand, and ${LOCK_FILE_NAME} has no content hash for ${platform}. Run ingot init.`;
  }
  if (locked.contents[platform] === undefined && locked.archives[platform] === undefined) {
    return `${LOCK_FILE_NAME} knows no archive of ${plugin.address} ${plugin.version} for ${platform}, which is what is installed. Run ingot init.`;
  }
  return undefined;
}
