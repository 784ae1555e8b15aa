import { isInstallError } from "./install-error.js";
import type { InstallContext, PlanContext } from "./install-context.js";
import { planStep, type PlanOptions } from "./install-plan.js";
import type { InstalledPlugin } from "./installed-plugin.js";
import type { LockedPlugin, LockFile } from "./lock/lock-file.js";
import { lockChanges, mergeLock } from "./lock/merge-lock.js";
import { runLimited } from "./run-limited.js";
import { ANY_PLATFORM, platformText } from "./platform.js";
import type { Requirement } from "./requirement.js";
import { sharedFolderWarning } from "./store/shared-folder.js";

const MOST_AT_A_TIME = 4;

/** What was done about a requirement. */
export interface InstallOutcome {
  readonly requirement: Requirement;
  readonly status: "builtin" | "development" | "running" | "present" | "installed" | "failed";
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
  /** What was put there by hand counts as what its name says: nothing is locked. */
  readonly trustsInstalled?: boolean;
  /** Opens the sources of releases. Called when something is to be installed or locked, once. */
  readonly openContext: () => Promise<InstallContext>;
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
  context: PlanContext,
): Promise<InstallResult> {
  const results = await runLimited(requirements, MOST_AT_A_TIME, async (requirement) => {
    const result = await installOne(requirement, options, context);
    options.onOutcome?.(result.outcome);
    return result;
  });
  const installed = results.find(({ outcome }) => outcome.status === "installed");
  const warning = installed && (await sharedFolderWarning(context.store.root));
  if (warning !== undefined) context.report.warning(installed?.outcome.requirement.address.text ?? "", warning);
  let lock = options.lock;
  for (const { entry } of results) if (entry !== undefined) lock = mergeLock(lock, entry);
  const own = [context.platform, ANY_PLATFORM];
  const forbidden = options.isReadonly ? lockChanges(options.lock, lock, own) : [];
  return { outcomes: results.map(({ outcome }) => outcome), lock, forbidden };
}

/** An outcome, and what is to be in the lock file. */
export interface Installed {
  readonly outcome: InstallOutcome;
  /** Absent: what it has stays. */
  readonly entry?: LockedPlugin;
}

async function installOne(requirement: Requirement, options: InstallOptions, context: PlanContext): Promise<Installed> {
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
  context: PlanContext,
): Promise<Installed> {
  const locked = options.lock.plugins.get(requirement.address.text);
  const step = await planStep(requirement, options, context);
  switch (step.kind) {
    case "builtin":
    case "running":
      return { outcome: { requirement, status: step.kind } };
    case "development":
      return { outcome: { requirement, status: "development", path: step.path } };
    case "present": {
      const entry = locked && withConstraints(withContents(locked, step.plugin), requirement, options);
      return { outcome: presentOutcome(requirement, step.plugin), ...(entry === undefined ? {} : { entry }) };
    }
    case "lock":
    case "install":
    case "choose": {
      // A command that finds everything in its place needs none of this.
      const { installStep } = await import("./install-step.js");
      const because = step.kind === "install" ? step.because : [];
      const tell = (problem: string): void => context.report.warning(requirement.address.text, problem);
      try {
        const openedContext = await options.openContext();
        const installed = await installStep(requirement, step, { locked, options, context: openedContext });
        // Told before the others are waited for: what differs from the lock is this plugin's failure alone.
        if (installed.entry !== undefined) mergeLock(options.lock, installed.entry);
        for (const problem of because) tell(`${problem}\nIt is installed again.`);
        return installed;
      } catch (error) {
        context.signal.throwIfAborted();
        // Both would say the same when it is the lock file that is wrong.
        if (isInstallError(error)) for (const problem of because) if (problem !== error.message) tell(problem);
        throw error;
      }
    }
  }
}

/** The lock entry with what is installed. */
export function withContents(entry: LockedPlugin, plugin: InstalledPlugin): LockedPlugin {
  return { ...entry, contents: { ...entry.contents, [platformText(plugin.platform)]: plugin.contentHash } };
}

/** The entry with the constraints of the template, unless they belong to another one too. */
export function withConstraints(
  entry: LockedPlugin,
  { constraintText }: Requirement,
  { keepConstraints, lock }: InstallOptions,
): LockedPlugin {
  const known = lock.plugins.get(entry.address);
  const keeps = keepConstraints && known?.version === entry.version;
  return { ...entry, constraints: keeps ? known.constraints : constraintText };
}

/** What to say of a plugin that was there. */
export function presentOutcome(requirement: Requirement, plugin: InstalledPlugin): InstallOutcome {
  return { requirement, status: "present", path: plugin.executable, plugin };
}
