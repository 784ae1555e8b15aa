import {
  platformText,
  type InstalledPlugin,
  type InstallOutcome,
  type LockedPlugin,
  type PluginStore,
} from "@ingot/installer";

type Places = Pick<PluginStore, "placeOf">;

/** An outcome as -json prints it. */
export function outcomeJson(
  { requirement, status, path, plugin, previousVersion, problem }: InstallOutcome,
  store: Places,
): object {
  const { address, localNames, constraintText } = requirement;
  return {
    source: address.text,
    ...(localNames.length === 0 ? {} : { localNames }),
    constraints: constraintText,
    ...(plugin === undefined ? { path } : installedJson(plugin, store)),
    ...{ status, previousVersion, problem },
  };
}

/** An installed plugin as -json prints it. */
export function installedJson(plugin: InstalledPlugin, store: Places): object {
  const { address, name, version, family, api, executable, contentHash, archiveHash, repository, signer } = plugin;
  return {
    ...{ source: address, name, version, family, api, platform: platformText(plugin.platform) },
    ...{ path: store.placeOf(plugin), executable, contentHash, archiveHash, repository, signer },
  };
}

/** An entry of the lock file as -json prints it. */
export function lockedJson({ address, ...entry }: LockedPlugin): object {
  return { source: address, ...entry };
}
