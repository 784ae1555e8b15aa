import { compareVersions } from "@ingot/template";
import { isInstallError } from "./install-error.js";
import { newestOffers } from "./find-release.js";
import { firstPartyPlugin } from "./first-party.js";
import type { InstallContext } from "./install-context.js";
import { highestInstalled } from "./install-plan.js";
import type { LockFile } from "./lock/lock-file.js";
import { mustParseVersion } from "./plugin-version.js";
import type { Requirement } from "./requirement.js";
import { runLimited } from "./run-limited.js";

const MOST_AT_A_TIME = 4;

/** How a required plugin stands. */
export interface PluginAge {
  readonly requirement: Requirement;
  /** The locked version, else the one that is installed. Absent: there is none. */
  readonly current?: string;
  /** The newest that the template allows. */
  readonly allowed?: string;
  /** The newest of all. */
  readonly newest?: string;
  /** Why nothing newer is known: for people. */
  readonly problem?: string;
  readonly isOutdated: boolean;
}

/** Asks the sources for newer versions of what is required. Plugins that come with Ingot are left out. */
export async function pluginAges(
  requirements: readonly Requirement[],
  { lock, external }: { readonly lock: LockFile; readonly external: readonly string[] },
  context: InstallContext,
): Promise<readonly PluginAge[]> {
  const asked = requirements.filter(({ address }) => firstPartyPlugin(address.text, external) === undefined);
  return await runLimited(asked, MOST_AT_A_TIME, async (requirement): Promise<PluginAge> => {
    const locked = lock.plugins.get(requirement.address.text)?.version;
    const current = locked ?? (await highestInstalled(requirement, context))?.version;
    const known = current === undefined ? {} : { current };
    try {
      const offers = await newestOffers(requirement, context);
      return { requirement, ...known, ...offers, isOutdated: isNewer(offers.allowed, current) };
    } catch (error) {
      context.signal.throwIfAborted();
      if (!isInstallError(error)) throw error;
      return { requirement, ...known, problem: error.message, isOutdated: false };
    }
  });
}

function isNewer(offered: string | undefined, current: string | undefined): boolean {
  if (offered === undefined || current === undefined) return false;
  return compareVersions(mustParseVersion(offered), mustParseVersion(current)) > 0;
}
