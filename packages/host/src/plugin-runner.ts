import { orAborted } from "@ingot/protocol";
import type { EarlyPlugin } from "./early-plugin.js";
import type { PluginConnection } from "./plugin-connection.js";
import { keyOf, type PluginExecutable } from "./plugin-executable.js";
import type { ResolvedOptions } from "./plugin-host-options.js";
import type { PluginProcess } from "./plugin-process.js";
import { reattachPlugin } from "./reattach.js";
import { sweepSocketFolders } from "./socket-folder.js";
import { startPlugin } from "./start-plugin.js";

/** Runs plugins: one process each, started when it is first needed and not again when it crashed. */
export class PluginRunner {
  readonly #options: ResolvedOptions;
  readonly #connections = new Map<string, Promise<PluginConnection>>();
  readonly #processes = new Set<PluginProcess>();
  readonly #lifetime = new AbortController();
  /** Not used yet. */
  #early: EarlyPlugin | undefined;
  #sweeping: Promise<void> | undefined;

  constructor(options: ResolvedOptions) {
    this.#options = options;
    this.#early = options.early;
    if (this.#early === undefined) return;
    this.#early.logTo(options.log);
    this.#keep(this.#early.process);
  }

  /** Aborts when the host ends. */
  get lifetime(): AbortSignal {
    return this.#lifetime.signal;
  }

  /**
   * Gives the connection to a plugin, starting it when nobody has. All callers share one start; an aborted signal ends only its
   * caller's wait. With `again` a plugin that ended is started anew.
   */
  async connect(
    plugin: PluginExecutable,
    signal: AbortSignal,
    { again = false }: { readonly again?: boolean } = {},
  ): Promise<PluginConnection> {
    signal.throwIfAborted();
    this.lifetime.throwIfAborted();
    const known = this.#connections.get(keyOf(plugin));
    if (known) {
      if (!again) return await orAborted(known, signal);
      const connection = await orAborted(known, signal).catch(() => undefined);
      signal.throwIfAborted();
      if (connection?.isGone === false) return connection;
      // Of several callers the first has started it anew by now.
      const current = this.#connections.get(keyOf(plugin));
      if (current !== undefined && current !== known) return await orAborted(current, signal);
    }
    const starting = this.#start(plugin);
    this.#connections.set(keyOf(plugin), starting);
    starting.catch(() => {}); // whoever waits gets the error
    return await orAborted(starting, signal);
  }

  /** Kills everything at once. */
  killAll(): void {
    this.#lifetime.abort(new Error("the plugin host has ended"));
    for (const process of this.#processes) process.kill();
    for (const process of this.#processes) {
      process.killStrays();
      process.removeSocketFolder();
    }
  }

  /** Ends everything in order. */
  async stopAll(): Promise<void> {
    this.#lifetime.abort(new Error("the plugin host has ended"));
    const connections = [...this.#connections.values()];
    await Promise.allSettled(connections.map(async (connection) => await (await connection).stop()));
    for (const process of this.#processes) process.kill();
    await Promise.all([...this.#processes].map((process) => process.ended));
    await this.#sweeping;
  }

  async #start(plugin: PluginExecutable): Promise<PluginConnection> {
    const { hostVersion, log, startTimeoutMs, stopGraceMs } = this.#options;
    const config = plugin.path === "" ? this.#options.reattach.get(plugin.name) : undefined;
    if (config) {
      const { name } = plugin;
      return await reattachPlugin({ name, config, hostVersion, log, timeoutMs: startTimeoutMs, signal: this.lifetime });
    }
    const early = this.#early?.path === plugin.path ? this.#early : undefined;
    if (early !== undefined) this.#early = undefined;
    this.#sweeping ??= sweepSocketFolders(this.#options.tempDir);
    return await startPlugin({
      executable: plugin,
      hostVersion,
      log,
      startTimeoutMs,
      stopGraceMs,
      env: this.#options.env,
      network: this.#options.network,
      tempDir: this.#options.tempDir,
      signal: this.lifetime,
      earlyProcess: early?.process,
      onProcess: (process) => this.#keep(process),
    });
  }

  #keep(process: PluginProcess): void {
    this.#processes.add(process);
    void process.ended.then(() => this.#processes.delete(process)); // never rejects
  }
}
