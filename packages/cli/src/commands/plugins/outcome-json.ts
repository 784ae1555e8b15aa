import {
  installedPath,
  platformText,
  type InstalledPlugin,
  type InstallOutcome,
  type LockedPlugin,
} from "@ingot/installer";

/** An outcome as -json prints it. `root` is the plugin folder. */
export function outcomeJson(
  { requirement, status, path, plugin, previousVersion, problem }: InstallOutcome,
  root: string,
): object {
  const { address, localNames, constraintText } = requirement;
  return {
    source: address.text,
    ...(localNames.length === 0 ? {} : { localNames }),
    constraints: constraintText,
    ...(plugin === undefined ? { path } : installedJson(plugin, root)),
    ...{ status, previousVersion, problem },
  };
}

/** An installed plugin as -json prints it. */
export function installedJson(plugin: InstalledPlugin, root: string): object {
  const { address, name, version, family, api, executable, contentHash, archiveHash, repository, signer } = plugin;
  return {
    ...{ source: address, name, version, family, api, platform: platformText(plugin.platform) },
    ...{ path: installedPath(root, plugin), executable, contentHash, archiveHash, repository, signer },
  };
}

/** An entry of the lock file as -json prints it. */
export function lockedJson({ address, ...entry }: LockedPlugin): object {
  return { source: address, ...entry };
}
