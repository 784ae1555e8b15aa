import type { PluginAddress } from "./plugin-address.js";
import type { Platform } from "./platform.js";
import type { PluginSource } from "./plugin-source.js";
import type { SignatureSettings } from "./signatures/signature-settings.js";
import type { PluginStore } from "./store/plugin-store.js";

/** What is needed to see what has to be done. */
export interface PlanContext {
  readonly store: PluginStore;
  readonly platform: Platform;
  readonly signal: AbortSignal;
  /** Told what takes long, and what is odd without being wrong: whole sentences. */
  readonly report: InstallReporter;
}

/** What installing needs besides. */
export interface InstallContext extends PlanContext {
  /** Where releases of a plugin may be, in the order in which they are asked. */
  readonly sourcesFor: (address: PluginAddress) => readonly PluginSource[];
  readonly signatures: SignatureSettings;
  /** Starts an unpacked plugin of ours and rejects when it isn't what the release says. */
  readonly checkPlugin: (
    executable: string,
    wanted: { readonly name: string; readonly version: string; readonly signal: AbortSignal },
  ) => Promise<void>;
}

export interface InstallReporter {
  notice(address: string, text: string): void;
  warning(address: string, text: string): void;
  progress(address: string, done: number, total: number | undefined): void;
}
