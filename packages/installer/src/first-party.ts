/**
 * The addresses of the plugins that come with Ingot, by the name of the plugin that serves them. A template that requires one of them needs
 * no download. An address of Packer's is added here once a plugin of that name comes with Ingot and does the same.
 */
const FIRST_PARTY: ReadonlyMap<string, FirstPartyPlugin> = new Map([
  ["github.com/ingot/core", { name: "core", isOurs: true }],
  ["github.com/ingot/oci", { name: "oci", isOurs: true }],
]);

/** The names of the plugins that come with Ingot, sorted. */
export const FIRST_PARTY_NAMES: readonly string[] = [
  ...new Set([...FIRST_PARTY.values()].map(({ name }) => name)),
].sort();

export interface FirstPartyPlugin {
  readonly name: string;
  /** The versions are Ingot's own, so that constraints count. Those of Packer's addresses have other versions. */
  readonly isOurs: boolean;
}

/** The plugin that comes with Ingot for an address; undefined for others and for names that are wanted from elsewhere. */
export function firstPartyPlugin(address: string, external: readonly string[]): FirstPartyPlugin | undefined {
  const plugin = FIRST_PARTY.get(address);
  return plugin === undefined || external.includes(plugin.name) ? undefined : plugin;
}
