export { InstallError } from "./install-error.js";
export type { InstalledPlugin } from "./installed-plugin.js";
export { ANY_PLATFORM, currentPlatform, parsePlatform, platformText, type Platform } from "./platform.js";
export { parsePluginAddress, type PluginAddress } from "./plugin-address.js";
export type {
  ArchiveEntry,
  FetchedArchive,
  FetchOptions,
  OfferedVersion,
  PluginFamily,
  PluginSource,
  Release,
  SourceOptions,
} from "./plugin-source.js";
