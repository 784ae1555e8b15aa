import { compareVersions, meetsConstraint, parseVersion, type RequiredPlugin } from "@ingot/template";
import { firstPartyPlugin } from "./first-party.js";
import { InstallError } from "./install-error.js";
import type { InstalledPlugin } from "./installed-plugin.js";
import type { PlanContext } from "./install-context.js";
import { LOCK_FILE_NAME, type LockedPlugin, type LockFile } from "./lock/lock-file.js";
import { lockMismatch } from "./lock/merge-lock.js";
import { mustParseAddress, type Requirement } from "./requirement.js";
import { coreVersion, mustParseVersion } from "./plugin-version.js";

/** What has to be done for a requirement. */
export type PlannedStep =
  /** It comes with Ingot. */
  | { readonly kind: "builtin"; readonly name: string }
  /** A plugin in a folder of INGOT_PLUGIN_PATH is used as it is. */
  | { readonly kind: "development"; readonly path: string }
  /** It runs already, as under a debugger. */
  | { readonly kind: "running" }
  /** It is there, and the lock file says so. */
  | { readonly kind: "present"; readonly plugin: InstalledPlugin }
  /** It is there, but the lock file doesn't know it. */
  | { readonly kind: "lock"; readonly plugin: InstalledPlugin }
  /** Exactly this version. `because` tells what is wrong with what is there; empty when nothing is. */
  | { readonly kind: "install"; readonly version: string; readonly because: readonly string[] }
  /** The highest version that fits. */
  | { readonly kind: "choose" };

export interface PlanOptions {
  readonly lock: LockFile;
  readonly upgrade: boolean;
  readonly force: boolean;
  /** The lock file must not change. */
  readonly isReadonly: boolean;
  /** Names of plugins that come with Ingot and are wanted from elsewhere. */
  readonly external: readonly string[];
  readonly hostVersion: string;
  /** The plugin of a name in a folder for development, if there is one. */
  readonly developmentPlugin: (name: string) => string | undefined;
  /** Plugins that run already. */
  readonly running?: ReadonlySet<string>;
}

/** Looks at what is installed and locked, and decides what to do. Throws InstallError when the lock forbids what is required. */
export async function planStep(
  requirement: Requirement,
  options: PlanOptions,
  context: PlanContext,
): Promise<PlannedStep> {
  const { address } = requirement;
  const builtin = firstPartyPlugin(address.text, options.external);
  if (builtin !== undefined) {
    const problem = builtin.isOurs ? ownVersionProblem(requirement, options.hostVersion) : undefined;
    if (problem !== undefined) throw new InstallError(problem);
    return { kind: "builtin", name: builtin.name };
  }
  if (options.running?.has(address.name) === true) return { kind: "running" };
  const locked = options.lock.plugins.get(address.text);
  const development = locked === undefined ? options.developmentPlugin(address.name) : undefined;
  if (development !== undefined) return { kind: "development", path: development };
  if (locked === undefined && options.isReadonly) {
    const text = `${address.text} is not in ${LOCK_FILE_NAME}, which -lockfile=readonly forbids to change. Run ingot init without it, and commit the lock file.`;
    throw new InstallError(text);
  }
  if (options.upgrade) return { kind: "choose" };
  if (locked !== undefined) return await planLocked(requirement, locked, options, context);
  const installed = await highestInstalled(requirement, context);
  if (installed === undefined) return { kind: "choose" };
  if (options.force) return { kind: "install", version: installed.version, because: [] };
  return { kind: "lock", plugin: installed };
}

async function planLocked(
  { address, constraint, constraintText }: Requirement,
  locked: LockedPlugin,
  { force }: PlanOptions,
  context: PlanContext,
): Promise<PlannedStep> {
  const version = parseVersion(locked.version);
  if (version === undefined || !meetsConstraint(version, constraint)) {
    const text = `${LOCK_FILE_NAME} has version ${locked.version} of ${address.text}, which doesn't meet ${JSON.stringify(constraintText)} in the template. Run ingot init -upgrade to choose another one, or change the template.`;
    throw new InstallError(text);
  }
  if (force) return { kind: "install", version: locked.version, because: [] };
  const found = await findLocked(locked, context);
  return "plugin" in found
    ? { kind: "present", plugin: found.plugin }
    : { kind: "install", version: locked.version, because: found.problems };
}

/** The installed plugin that the lock names; or what is wrong with what is there. */
async function findLocked(
  locked: LockedPlugin,
  { store, platform, signal }: PlanContext,
): Promise<{ readonly plugin: InstalledPlugin } | { readonly problems: readonly string[] }> {
  const problems: string[] = [];
  const exactly = [{ operator: "=" as const, version: mustParseVersion(locked.version), text: locked.version }];
  const onSkip = (file: string, reason: string): void => void problems.push(`${file} is not used: ${reason}`);
  const query = { address: mustParseAddress(locked.address), constraint: exactly, platform, onSkip };
  const found = (await store.list(query, { signal })).filter(({ version }) => version === locked.version);
  for (const plugin of found) {
    const problem = lockMismatch(locked, plugin);
    if (problem === undefined) return { plugin };
    problems.push(problem);
  }
  return { problems };
}

/** The highest release that is installed and fits. */
export async function highestInstalled(
  { address, constraint }: Requirement,
  { store, platform, signal }: PlanContext,
): Promise<InstalledPlugin | undefined> {
  const query = { address, constraint, platform, releasesOnly: true };
  const found = await store.list(query, { signal });
  const sorted = [...found].sort((a, b) => compareVersions(mustParseVersion(a.version), mustParseVersion(b.version)));
  return sorted.at(-1);
}

/** Says that the plugin that comes with Ingot doesn't meet the constraint; undefined when it does. */
export function ownVersionProblem(
  { constraint, constraintText, ...required }: Pick<Requirement, "constraint" | "constraintText"> & AddressOrSource,
  hostVersion: string,
): string | undefined {
  const version = parseVersion(hostVersion);
  if (version === undefined || meetsConstraint(coreVersion(version), constraint)) return undefined;
  const { text } = "address" in required ? required.address : required.source;
  return `${text} comes with Ingot, in version ${hostVersion}, which doesn't meet ${JSON.stringify(constraintText)}. Use another version of Ingot, or change the template.`;
}

type AddressOrSource = Pick<Requirement, "address"> | Pick<RequiredPlugin, "source">;
