import { compareVersions, meetsConstraint } from "@ingot/template";
import { findRelease, type FoundRelease } from "./find-release.js";
import { checkRelease, installRelease, type CheckedRelease } from "./install-release.js";
import type { InstallContext } from "./install-context.js";
import { InstallError, isInstallError } from "./install-error.js";
import type { PlannedStep } from "./install-plan.js";
import {
  presentOutcome,
  withConstraints,
  withContents,
  type Installed,
  type InstallOptions,
  type InstallOutcome,
} from "./install-plugins.js";
import type { InstalledPlugin } from "./installed-plugin.js";
import { LOCK_FILE_NAME, type LockedPlugin } from "./lock/lock-file.js";
import { platformText } from "./platform.js";
import { mustParseVersion, versionText } from "./plugin-version.js";
import type { Requirement } from "./requirement.js";

interface StepOptions {
  readonly locked: LockedPlugin | undefined;
  readonly options: InstallOptions;
  readonly context: InstallContext;
}

/** Does what needs a source of releases. Throws InstallError; nothing is installed then. */
export async function installStep(
  requirement: Requirement,
  step: Extract<PlannedStep, { readonly kind: "lock" | "install" | "choose" }>,
  options: StepOptions,
): Promise<Installed> {
  if (step.kind === "lock") return await lockInstalled(requirement, step.plugin, options);
  return await install(requirement, step.kind === "install" ? step.version : undefined, options);
}

async function install(
  requirement: Requirement,
  exact: string | undefined,
  { locked, options, context }: StepOptions,
): Promise<Installed> {
  const { address, constraint, constraintText } = requirement;
  const wanted = { address, constraint, constraintText, exact, repository: locked?.repository };
  const found = await findRelease(wanted, context);
  if (locked !== undefined) refuseDowngrade(found, locked, requirement);
  const checked = await checkRelease(found, { locked, constraintText }, context);
  const there = options.force ? undefined : await findSame(checked, { options, context });
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
  { lockEntry, offer, archive }: CheckedRelease,
  { options, context }: Pick<StepOptions, "options" | "context">,
): Promise<InstalledPlugin | undefined> {
  const { store, platform, signal } = context;
  const { address, family } = offer;
  const installed = await store.list({ address, family, platform }, { signal });
  return installed.find(({ version, archiveHash, ...plugin }) => {
    if (plugin.address !== address.text || version !== lockEntry.version) return false;
    if (archiveHash === undefined && options.trustsInstalled === true) return true;
    return archiveHash === `sha256:${archive.sha256}`;
  });
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
  { options, context }: StepOptions,
): Promise<Installed> {
  const { address, constraintText } = requirement;
  const outcome = presentOutcome(requirement, plugin);
  let found: FoundRelease;
  try {
    found = await findRelease({ ...requirement, exact: plugin.version, repository: plugin.repository }, context);
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
