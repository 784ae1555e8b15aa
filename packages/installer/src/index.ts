export { InstallError, isInstallError } from "./install-error.js";
export type { InstalledPlugin } from "./installed-plugin.js";
export { ANY_PLATFORM, currentPlatform, parsePlatform, platformText, type Platform } from "./platform.js";
export { parsePluginAddress, type PluginAddress } from "./plugin-address.js";
export type {
  ArchiveEntry,
  AttestationOptions,
  FetchedArchive,
  FetchOptions,
  OfferedVersion,
  PluginFamily,
  PluginSource,
  Release,
  SourceOptions,
} from "./plugin-source.js";
export { INGOT_API } from "./asset-names.js";
export { canonicalVersion } from "./plugin-version.js";
export type {
  PluginStore,
  PutArchive,
  PutFile,
  StoreCallOptions,
  StoreOptions,
  StoreQuery,
  Verdict,
  WorkFolder,
} from "./store/plugin-store.js";
export { EMPTY_LOCK, LOCK_FILE_NAME, type LockedPlugin, type LockFile } from "./lock/lock-file.js";
export { readLockFile, writeLockFile, type ReadLock } from "./lock/lock-file-io.js";
export { lockChanges, lockMismatch, mergeLock, pruneLock } from "./lock/merge-lock.js";
export {
  readSignatureSettings,
  type SignatureConfiguration,
  type SignaturePolicy,
  type SignatureSettings,
  type TrustedKeys,
} from "./signatures/signature-settings.js";
export { openPluginStore } from "./store/open-plugin-store.js";
export { FIRST_PARTY_NAMES, firstPartyPlugin, type FirstPartyPlugin } from "./first-party.js";
export { mustParseAddress, requirementsOf, type Requirement } from "./requirement.js";
export type { InstallContext, InstallReporter, PlanContext } from "./install-context.js";
export { installPlugins, type InstallOptions, type InstallOutcome, type InstallResult } from "./install-plugins.js";
export { discoverPlugins, resolvePlugins, type ResolveOptions } from "./resolve-plugins.js";
export { pluginChecker } from "./check-plugin.js";
export { lockForPlatforms } from "./lock-platforms.js";
export { pluginAges, type PluginAge } from "./outdated.js";
export { vendorPlugin, type VendoredPlugin } from "./vendor.js";
export { uniquePlatforms } from "./release-of.js";
export { describeBinary, type BinaryDescription } from "./store/describe-binary.js";
export { PluginSources, type PluginSourcesSettings } from "./sources/plugin-sources.js";
