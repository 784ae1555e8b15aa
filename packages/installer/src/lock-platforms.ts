import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fetchChecked } from "./fetch-checked.js";
import { checkRelease, type CheckedRelease } from "./install-release.js";
import type { InstallContext } from "./install-context.js";
import { platformText, type Platform } from "./platform.js";
import type { LockedPlugin } from "./lock/lock-file.js";
import { archivesFor, releaseOf } from "./release-of.js";
import type { Requirement } from "./requirement.js";
import { openPluginStore } from "./store/open-plugin-store.js";

/**
 * Finds out what the lock file should say of a plugin: the archives for all platforms of the release and, for the given platforms, what is
 * in them. Installs nothing. Throws InstallError, also when the release has nothing for one of the platforms.
 */
export async function lockForPlatforms(
  requirement: Requirement,
  { locked, platforms }: { readonly locked: LockedPlugin | undefined; readonly platforms: readonly Platform[] },
  context: InstallContext,
): Promise<LockedPlugin> {
  const found = await releaseOf(requirement, { locked, platforms }, context);
  const { constraintText } = requirement;
  const checked = await checkRelease(found, { locked, constraintText }, context);
  let entry = checked.lockEntry;
  for (const { archive } of archivesFor(found, platforms)) {
    const platform = platformText(archive.platform);
    if (entry.contents[platform] !== undefined) continue;
    const contentHash = await unpackAside({ ...checked, archive }, context);
    entry = { ...entry, contents: { ...entry.contents, [platform]: contentHash } };
  }
  return entry;
}

/** Downloads and unpacks an archive to a place of its own, and gives the content hash. */
async function unpackAside(checked: CheckedRelease, context: InstallContext): Promise<string> {
  const { offer, archive, lockEntry } = checked;
  const root = await mkdtemp(path.join(tmpdir(), "ingot-lock-"));
  try {
    const file = path.join(root, "archive.zip");
    await fetchChecked(checked, archive, { file, context });
    const { address, family } = offer;
    const { version } = lockEntry;
    const plugin = await openPluginStore({ root: path.join(root, "plugins") }).putArchive(
      {
        ...{ address, family, version, api: archive.api, platform: archive.platform },
        ...{ archive: file, archiveHash: `sha256:${archive.sha256}` },
      },
      { signal: context.signal },
    );
    return plugin.contentHash;
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
