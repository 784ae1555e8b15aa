import type { ChosenPlugin } from "./chosen-plugin.js";
import type { EarlyPlugin } from "./early-plugin.js";
import type { LogSink } from "./log-sink.js";
import { parseReattach, type ReattachConfig } from "./reattach.js";

/** How a host finds and runs plugins. */
export interface PluginHostOptions {
  /** Ingot's version: for messages, and part of the key of cached descriptions. */
  readonly hostVersion: string;
  /** The environment: INGOT_PLUGIN_PATH, INGOT_PLUGIN_NETWORK, INGOT_REATTACH_PLUGINS. Plugins inherit it. Default: the process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** The user's plugin folder. */
  readonly userPluginDir?: string;
  /** The folder of the plugins that come with Ingot. */
  readonly builtinPluginDir?: string;
  /** Gives what else is installed. Asked at most once, when no plugin in the folders offers a component. */
  readonly findInstalled?: () => Promise<readonly ChosenPlugin[]>;
  /** Where descriptions are kept. Absent: nowhere. */
  readonly cacheDir?: string;
  /** Where the sockets' folders go. Absent: the system's place for temporary files. */
  readonly tempDir?: string;
  /** The core plugin's process, if it was started already with the same environment. */
  readonly early?: EarlyPlugin | undefined;
  /** Takes what plugins and the host log. */
  readonly log?: LogSink;
  /** Until a plugin must be ready. Default 60 s. */
  readonly startTimeoutMs?: number;
  /** Until a plugin must have described itself. Default 60 s. */
  readonly describeTimeoutMs?: number;
  /** Until an instance must be prepared. Default 60 s. */
  readonly prepareTimeoutMs?: number;
  /** How long a session may clean up after a cancel, before its plugin is killed. Default 5 minutes. */
  readonly cancelGraceMs?: number;
  /** How long a plugin may take to end when it is asked to. Default 2 s. */
  readonly stopGraceMs?: number;
}

export interface ResolvedOptions {
  readonly hostVersion: string;
  readonly env: NodeJS.ProcessEnv;
  readonly userPluginDir: string | undefined;
  readonly builtinPluginDir: string | undefined;
  readonly findInstalled: (() => Promise<readonly ChosenPlugin[]>) | undefined;
  readonly cacheDir: string | undefined;
  readonly tempDir: string | undefined;
  readonly early: EarlyPlugin | undefined;
  readonly log: LogSink | undefined;
  readonly network: "unix" | "tcp";
  readonly reattach: ReadonlyMap<string, ReattachConfig>;
  readonly startTimeoutMs: number;
  readonly describeTimeoutMs: number;
  readonly prepareTimeoutMs: number;
  readonly cancelGraceMs: number;
  readonly stopGraceMs: number;
}

/** Fills in the defaults and reads the environment. */
export function resolveOptions(options: PluginHostOptions): ResolvedOptions {
  const env = options.env ?? process.env;
  const wantsTcp = env["INGOT_PLUGIN_NETWORK"] === "tcp" || process.platform === "win32";
  return {
    hostVersion: options.hostVersion,
    env,
    userPluginDir: options.userPluginDir,
    builtinPluginDir: options.builtinPluginDir,
    findInstalled: options.findInstalled,
    cacheDir: options.cacheDir,
    tempDir: options.tempDir,
    early: options.early,
    log: options.log,
    network: wantsTcp ? "tcp" : "unix",
    reattach: parseReattach(env["INGOT_REATTACH_PLUGINS"], options.hostVersion),
    startTimeoutMs: options.startTimeoutMs ?? 60_000,
    describeTimeoutMs: options.describeTimeoutMs ?? 60_000,
    prepareTimeoutMs: options.prepareTimeoutMs ?? 60_000,
    cancelGraceMs: options.cancelGraceMs ?? 300_000,
    stopGraceMs: options.stopGraceMs ?? 2_000,
  };
}
