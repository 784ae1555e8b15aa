import { meetsConstraint } from "@ingot/template";
import { findRelease, pickArchive, type FoundRelease } from "./find-release.js";
import type { InstallContext } from "./install-context.js";
import { InstallError } from "./install-error.js";
import { LOCK_FILE_NAME, type LockedPlugin } from "./lock/lock-file.js";
import { platformText, type Platform } from "./platform.js";
import { mustParseVersion } from "./plugin-version.js";
import type { Requirement } from "./requirement.js";
import type { ArchiveEntry } from "./plugin-source.js";

/**
 * Finds the release of the locked version, or without one the highest that fits. It needs no archive for this machine, but one for the first
 * of the platforms. Throws InstallError, also when the locked version doesn't meet the constraint.
 */
export async function releaseOf(
  requirement: Requirement,
  { locked, platforms }: { readonly locked: LockedPlugin | undefined; readonly platforms: readonly Platform[] },
  context: InstallContext,
): Promise<FoundRelease> {
  const { address, constraint, constraintText } = requirement;
  if (locked !== undefined && !meetsConstraint(mustParseVersion(locked.version), constraint)) {
    throw new InstallError(
      `${LOCK_FILE_NAME} has version ${locked.version} of ${address.text}, which doesn't meet ${JSON.stringify(constraintText)} in the template. Run ingot init -upgrade first.`,
    );
  }
  const wanted = { address, constraint, constraintText, exact: locked?.version, repository: locked?.repository };
  const platform = platforms[0] ?? context.platform;
  return await findRelease(wanted, { ...context, platform });
}

/** The archives of a release for some platforms, each archive once. Throws InstallError when there is none for one of them. */
export function archivesFor(
  { release, offer }: FoundRelease,
  platforms: readonly Platform[],
): readonly { readonly archive: ArchiveEntry; readonly platforms: readonly Platform[] }[] {
  const found = new Map<string, { readonly archive: ArchiveEntry; readonly platforms: readonly Platform[] }>();
  for (const platform of platforms) {
    const picked = pickArchive(release, platform);
    if ("problem" in picked) throw new InstallError(`${offer.address.text} ${offer.version} ${picked.problem}`);
    const { archive } = picked;
    const known = found.get(archive.fileName)?.platforms ?? [];
    found.set(archive.fileName, { archive, platforms: [...known, platform] });
  }
  return [...found.values()];
}

/** Platforms, each once. */
export function uniquePlatforms(platforms: readonly Platform[]): readonly Platform[] {
  return [...new Map(platforms.map((platform) => [platformText(platform), platform])).values()];
}
