import { compareVersions, meetsConstraint } from "@ingot/template";
import { findRelease, isInstallError, type FoundRelease } from "./find-release.js";
import { checkRelease, installRelease, withContents } from "./install-release.js";
import type { InstallContext } from "./install-context.js";
import { InstallError } from "./install-error.js";
import { planStep, type PlanOptions } from "./install-plan.js";
import type { InstalledPlugin } from "./installed-plugin.js";
import { LOCK_FILE_NAME, type LockedPlugin, type LockFile } from "./lock/lock-file.js";
import { lockChanges, mergeLock } from "./lock/merge-lock.js";
import { runLimited } from "./run-limited.js";
import { ANY_PLATFORM, platformText } from "./platform.js";
import { mustParseVersion, versionText } from "./plugin-version.js";
import type { Requirement } from "./requirement.js";

const MOST_AT_A_TIME = 4;

/** What was done about a requirement. */
export interface InstallOutcome {
  readonly requirement: Requirement;
  readonly status: "builtin" | "development" | "present" | "installed" | "failed";
  /** The file that will be run; absent for plugins that come with Ingot, and after a failure. */
  readonly path?: string;
  /** Absent for plugins that come with Ingot and those in development, and after a failure. */
  readonly plugin?: InstalledPlugin;
  /** What the lock file had before. */
  readonly previousVersion?: string;
  /** Why it failed: for people. */
  readonly problem?: string;
}

export interface InstallResult {
  /** In the order of the requirements. */
  readonly outcomes: readonly InstallOutcome[];
  readonly lock: LockFile;
  /** What `-lockfile=readonly` objects to. */
  readonly forbidden: readonly string[];
}

export interface InstallOptions extends PlanOptions {
  /** Keep what the lock file says of constraints: other templates share it. */
  readonly keepConstraints: boolean;
  /** Called with each outcome as soon as it is known. */
  readonly onOutcome?: (outcome: InstallOutcome) => void;
}

/**
 * Installs what is required and not there, several at a time, and gives the lock that fits. What goes wrong with one plugin doesn't keep
 * the others away. Writes no lock file. Rejects with the signal's reason, and for bugs.
 */
export async function installPlugins(
  requirements: readonly Requirement[],
  options: InstallOptions,
  context: InstallContext,
): Promise<InstallResult> {
  const results = await runLimited(requirements, MOST_AT_A_TIME, async (requirement) => {
    const result = await installOne(requirement, options, context);
    options.onOutcome?.(result.outcome);
    return result;
  });
  let lock = options.lock;
  for (const { entry } of results) if (entry !== undefined) lock = mergeLock(lock, entry);
  const own = [context.platform, ANY_PLATFORM];
  const forbidden = options.isReadonly ? lockChanges(options.lock, lock, own) : [];
  return { outcomes: results.map(({ outcome }) => outcome), lock, forbidden };
}

interface Installed {
  readonly outcome: InstallOutcome;
  /** What is to be in the lock file. */
  readonly entry?: LockedPlugin;
}

async function installOne(
  requirement: Requirement,
  options: InstallOptions,
  context: InstallContext,
): Promise<Installed> {
  try {
    return await tryToInstall(requirement, options, context);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isInstallError(error)) throw error;
    return { outcome: { requirement, status: "failed", problem: error.message } };
  }
}

async function tryToInstall(
  requirement: Requirement,
  options: InstallOptions,
  context: InstallContext,
): Promise<Installed> {
  const locked = options.lock.plugins.get(requirement.address.text);
  const step = await planStep(requirement, options, context);
  switch (step.kind) {
    case "builtin":
      return { outcome: { requirement, status: "builtin" } };
    case "development":
      return { outcome: { requirement, status: "development", path: step.path } };
    case "present": {
      const entry = locked && withConstraints(withContents(locked, step.plugin), requirement, options);
      return { outcome: presentOutcome(requirement, step.plugin), ...(entry === undefined ? {} : { entry }) };
    }
    case "lock":
      return await lockInstalled(requirement, step.plugin, { options, context });
    case "install":
      return await install(requirement, { exact: step.version, locked, options, context });
    case "choose":
      return await install(requirement, { locked, options, context });
  }
}

async function install(
  requirement: Requirement,
  {
    exact,
    locked,
    options,
    context,
  }: {
    readonly exact?: string;
    readonly locked: LockedPlugin | undefined;
    readonly options: InstallOptions;
    readonly context: InstallContext;
  },
): Promise<Installed> {
  const { address, constraint, constraintText } = requirement;
  const wanted = { address, constraint, constraintText, ...(exact === undefined ? {} : { exact }) };
  const found = await findRelease(wanted, context);
  if (locked !== undefined) refuseDowngrade(found, locked, requirement);
  const checked = await checkRelease(found, { locked, constraintText }, context);
  const there = options.force ? undefined : await findSame(checked.lockEntry, found, context);
  const plugin = there ?? (await installRelease(checked, context));
  const entry = withConstraints(withContents(checked.lockEntry, plugin), requirement, options);
  const previous = locked === undefined ? {} : { previousVersion: locked.version };
  const outcome: InstallOutcome =
    there === undefined
      ? { requirement, status: "installed", path: plugin.executable, plugin, ...previous }
      : presentOutcome(requirement, plugin);
  return { outcome, entry };
}

/** The same version from the same archive, if it is there already and unchanged. */
async function findSame(
  { version, address }: LockedPlugin,
  { offer, archive }: FoundRelease,
  { store, platform, signal }: InstallContext,
): Promise<InstalledPlugin | undefined> {
  const installed = await store.list({ address: offer.address, family: offer.family, platform }, { signal });
  for (const plugin of installed) {
    if (plugin.address !== address || plugin.version !== version) continue;
    if (plugin.archiveHash !== `sha256:${archive.sha256}`) continue;
    if ((await store.verify(plugin, { signal })).ok) return plugin;
  }
  return undefined;
}

/** A source that has lost its newest versions may have been tampered with. */
function refuseDowngrade(found: FoundRelease, locked: LockedPlugin, { address, constraint }: Requirement): void {
  const lockedVersion = mustParseVersion(locked.version);
  if (compareVersions(found.version, lockedVersion) >= 0) return;
  if (!meetsConstraint(lockedVersion, constraint)) return; // the template wants an older one
  const version = versionText(found.version);
  throw new InstallError(
    `The newest version of ${address.text} on offer is ${version}, which is older than ${locked.version} in ${LOCK_FILE_NAME}. Nothing was changed. To go back to it, require it in the template (version = "${version}") and run ingot init -upgrade.`,
  );
}

/** What is there, but not locked: the release is looked up for the hashes on all platforms. */
async function lockInstalled(
  requirement: Requirement,
  plugin: InstalledPlugin,
  { options, context }: { readonly options: InstallOptions; readonly context: InstallContext },
): Promise<Installed> {
  const { address, constraintText } = requirement;
  const outcome = presentOutcome(requirement, plugin);
  let found: FoundRelease;
  try {
    found = await findRelease({ ...requirement, exact: plugin.version }, context);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isInstallError(error)) throw error;
    context.report.warning(
      address.text,
      `${address.text} ${plugin.version} is installed, but its release can't be read, so ${LOCK_FILE_NAME} has it for ${platformText(plugin.platform)} only. ${error.message}`,
    );
    return { outcome, entry: entryOfInstalled(plugin, constraintText) };
  }
  const checked = await checkRelease(found, { locked: undefined, constraintText }, context);
  if (plugin.archiveHash === `sha256:${found.archive.sha256}`) {
    return { outcome, entry: withContents(checked.lockEntry, plugin) };
  }
  // What was put there by hand is the release's or it isn't: only the archive tells. Another archive is another release.
  if (plugin.archiveHash !== undefined) throw new InstallError(replacedText(plugin, found));
  const installed = await installRelease(checked, context);
  const isSame = installed.contentHash === plugin.contentHash;
  const entry = withConstraints(withContents(checked.lockEntry, installed), requirement, options);
  return {
    outcome: isSame
      ? presentOutcome(requirement, installed)
      : { ...presentOutcome(requirement, installed), status: "installed" },
    entry,
  };
}

function entryOfInstalled(plugin: InstalledPlugin, constraints: string): LockedPlugin {
  const platform = platformText(plugin.platform);
  return {
    address: plugin.address,
    version: plugin.version,
    constraints,
    repository: plugin.repository ?? "local",
    ...(plugin.signer === undefined ? {} : { signer: plugin.signer }),
    archives: plugin.archiveHash === undefined ? {} : { [platform]: plugin.archiveHash },
    contents: { [platform]: plugin.contentHash },
  };
}

function replacedText({ address, version, archiveHash = "" }: InstalledPlugin, { archive }: FoundRelease): string {
  return `The release ${version} of ${address} has another archive now than when it was installed.
  installed: ${archiveHash}
  on offer:  sha256:${archive.sha256}
A published version must never change. To take the new one all the same, run ingot plugins remove ${address} ${version} first.`;
}

function withConstraints(
  entry: LockedPlugin,
  { constraintText }: Requirement,
  { keepConstraints, lock }: InstallOptions,
): LockedPlugin {
  const known = lock.plugins.get(entry.address);
  const keeps = keepConstraints && known?.version === entry.version;
  return { ...entry, constraints: keeps ? known.constraints : constraintText };
}

function presentOutcome(requirement: Requirement, plugin: InstalledPlugin): InstallOutcome {
  return { requirement, status: "present", path: plugin.executable, plugin };
}
