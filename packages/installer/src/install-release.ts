import path from "node:path";
import { fetchChecked } from "./fetch-checked.js";
import type { InstallContext } from "./install-context.js";
import type { InstalledPlugin } from "./installed-plugin.js";
import { compatibleArchives, type FoundRelease } from "./find-release.js";
import type { LockedPlugin } from "./lock/lock-file.js";
import { mergeLock } from "./lock/merge-lock.js";
import { platformText } from "./platform.js";
import { versionText } from "./plugin-version.js";
import { checkSignature } from "./signatures/check-signature.js";

/** A release that was checked: its archive may be downloaded. */
export interface CheckedRelease extends FoundRelease {
  /** What the lock file says of it, without what is installed. */
  readonly lockEntry: LockedPlugin;
}

/**
 * Compares a release with the lock, and checks who signed it. Throws InstallError when it is not what was locked, or may not be installed.
 * Nothing is downloaded but signatures.
 */
export async function checkRelease(
  found: FoundRelease,
  known: { readonly locked: LockedPlugin | undefined; readonly constraintText: string },
  context: InstallContext,
): Promise<CheckedRelease> {
  const { locked, constraintText } = known;
  const { offer, release, archive } = found;
  const version = versionText(found.version);
  const isLockedVersion = locked?.version === version;
  const archives = Object.fromEntries(
    compatibleArchives(release).map((entry) => [platformText(entry.platform), `sha256:${entry.sha256}`]),
  );
  const entry: LockedPlugin = {
    address: offer.address.text,
    version,
    constraints: constraintText,
    // A mirror has what the lock says that it came from.
    repository: isLockedVersion ? locked.repository : offer.repository,
    archives,
    contents: {},
  };
  const plugins = new Map(locked === undefined ? [] : [[locked.address, locked]]);
  const merged = mergeLock({ plugins }, entry).plugins.get(entry.address) ?? entry;
  const { signer, warnings } = await checkSignature({
    ...{ release, archive, settings: context.signatures, lockedSigner: locked?.signer },
    archiveLocked: isLockedVersion && locked.archives[platformText(archive.platform)] !== undefined,
    options: optionsOf(found, context),
  });
  for (const warning of warnings) context.report.warning(entry.address, warning);
  const { signer: _, ...unsigned } = merged;
  return { ...found, lockEntry: signer === undefined ? unsigned : { ...unsigned, signer } };
}

/** Downloads, compares, unpacks, asks and puts a release into the store. On failure nothing of it is there. */
export async function installRelease(checked: CheckedRelease, context: InstallContext): Promise<InstalledPlugin> {
  const { offer, archive, lockEntry } = checked;
  const { address, family } = offer;
  const { version } = lockEntry;
  await using folder = await context.store.makeWorkFolder();
  const file = path.join(folder.path, "archive.zip");
  await fetchChecked(checked, archive, { file, context });
  const platform = platformText(archive.platform);
  const expected = lockEntry.contents[platform];
  return await context.store.putArchive(
    {
      ...{ address, family, version, api: archive.api, platform: archive.platform },
      ...{ archive: file, archiveHash: `sha256:${archive.sha256}`, repository: lockEntry.repository },
      ...(lockEntry.signer === undefined ? {} : { signer: lockEntry.signer }),
      ...(expected === undefined ? {} : { expectedContentHash: expected }),
      ...(family === "ingot" ? { check: checker(context, { name: address.name, version }) } : {}),
    },
    { signal: context.signal },
  );
}

function checker(context: InstallContext, wanted: { readonly name: string; readonly version: string }) {
  return async (executable: string, { signal }: { readonly signal: AbortSignal }): Promise<void> =>
    await context.checkPlugin(executable, { ...wanted, signal });
}

function optionsOf({ offer }: FoundRelease, { signal, report }: InstallContext) {
  return { signal, notice: (text: string) => report.notice(offer.address.text, text) };
}
