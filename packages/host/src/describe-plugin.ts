import { writeFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { orAborted, type DescribeResponse } from "@ingot/protocol";
import { askDescription, readDescription } from "./component-finder.js";
import { DescriptionCache, descriptionFileOf, descriptionFileText } from "./description-cache.js";
import type { LogSink } from "./log-sink.js";
import type { PluginDescription } from "./plugin-description.js";
import type { PluginExecutable } from "./plugin-executable.js";
import { resolveOptions, type PluginHostOptions } from "./plugin-host-options.js";
import { PluginRunner } from "./plugin-runner.js";

export interface DescribePluginOptions {
  /** The plugin's file, `ingot-plugin-NAME` with or without an extension. */
  readonly path: string;
  readonly hostVersion: string;
}

export interface DescribeOptions extends DescribePluginOptions {
  readonly signal: AbortSignal;
  /** What the plugin inherits. Default: the process's environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** Where descriptions are kept. Absent: the plugin is started in any case. */
  readonly cacheDir?: string;
  /** Of what was installed and has been checked: the description is kept under it. */
  readonly contentHash?: string;
  readonly log?: LogSink;
  /** For the start, and again for the answer. Default 60 s. */
  readonly timeoutMs?: number;
}

/**
 * Gives a plugin's description of itself: one that is kept, or it is started and asked. Rejects with PluginError when it is no plugin or
 * doesn't do what it must, and with the signal's reason; nothing of it is left then.
 */
export async function describePlugin(options: DescribeOptions): Promise<PluginDescription> {
  const { hostVersion, cacheDir, contentHash, signal } = options;
  signal.throwIfAborted();
  const plugin = { ...executableAt(options.path), ...(contentHash === undefined ? {} : { contentHash }) };
  const cache = new DescriptionCache(cacheDir, hostVersion);
  const known = cacheDir === undefined ? undefined : cache.read(plugin);
  if (known !== undefined) return known;
  const { wire, description } = await ask(plugin, hostOptions(options), signal);
  cache.write(plugin, wire);
  return description;
}

/**
 * Starts a plugin, asks for its description and writes it beside the plugin as `ingot-plugin-NAME.describe.json`, so that the
 * plugin needn't be started for it later. For plugins that are built together with Ingot. Gives the path of the file.
 */
export async function describePluginToFile({ path, hostVersion }: DescribePluginOptions): Promise<string> {
  const plugin = executableAt(path);
  const { wire } = await ask(plugin, { hostVersion }, new AbortController().signal);
  const file = descriptionFileOf(plugin.path);
  await writeFile(file, descriptionFileText(plugin.path, wire));
  return file;
}

async function ask(
  plugin: PluginExecutable,
  given: PluginHostOptions,
  signal: AbortSignal,
): Promise<{ readonly wire: DescribeResponse; readonly description: PluginDescription }> {
  // A plugin that runs already is not the one to be asked.
  const options = resolveOptions({ ...given, env: without(given.env ?? process.env, "INGOT_REATTACH_PLUGINS") });
  const runner = new PluginRunner(options);
  try {
    const connection = await runner.connect(plugin, signal);
    const asking = askDescription(connection, options.hostVersion, options.describeTimeoutMs, runner.lifetime);
    const wire = await orAborted(asking, signal);
    return { wire, description: readDescription(connection, wire) };
  } finally {
    await runner.stopAll();
  }
}

function hostOptions({ hostVersion, env, log, timeoutMs }: DescribeOptions): PluginHostOptions {
  return {
    hostVersion,
    ...(env === undefined ? {} : { env }),
    ...(log === undefined ? {} : { log }),
    ...(timeoutMs === undefined ? {} : { startTimeoutMs: timeoutMs, describeTimeoutMs: timeoutMs }),
  };
}

function executableAt(path: string): PluginExecutable {
  const name = basename(path)
    .replace(/^ingot-plugin-/, "")
    .replace(/\.(?:mjs|js|exe)$/, "");
  return { name, path: resolve(path), isBuiltin: true };
}

function without(env: NodeJS.ProcessEnv, variable: string): NodeJS.ProcessEnv {
  const { [variable]: _, ...others } = env;
  return others;
}
