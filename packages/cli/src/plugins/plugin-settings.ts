import { existsSync } from "node:fs";
import path from "node:path";
import type { Diagnostic } from "@ingot/diag";
import type { SourceFile } from "@ingot/hcl";
import { configurationError, configurationFile } from "../configuration/check-startup.js";
import type { JsonValue } from "../configuration/json-kind.js";
import type { Console } from "../console.js";
import type { Configuration } from "../configuration/read-configuration.js";
import { findDirectories } from "../directories.js";
import { given } from "../settings.js";
import { pluginFolders, type PluginFolders } from "./plugin-folder.js";

/** Where plugins are and come from: what the environment and the configuration file say. Not yet checked against each other. */
export interface PluginSettings {
  readonly folders: PluginFolders;
  readonly cacheFolder: string;
  /** A folder, absolute, or an address. Absent: plugins come from where their addresses say. */
  readonly mirror: string | undefined;
  /** Plugins that come with Ingot and are wanted from elsewhere. */
  readonly external: readonly string[];
  /** Hosts that are OCI registries: `HOST` or `HOST=HOST:PORT`. */
  readonly registries: readonly string[];
  /** A file with certificates of authorities to trust besides the usual ones; absolute. */
  readonly extraCaFile: string | undefined;
  /** All entries of the configuration file, by key in lower case. */
  readonly entries: ReadonlyMap<string, JsonValue>;
  /** The folder of the configuration file, to which names of files in it are relative. */
  readonly configurationFolder: string;
  /** What is odd in the configuration file without being wrong. */
  readonly warnings: readonly Diagnostic[];
  /** The configuration file, if there is one: warnings show its lines. */
  readonly configuration: SourceFile | undefined;
}

/** Reads the settings. Throws StartupError when the configuration file is wrong. */
export async function readPluginSettings(console: Console): Promise<PluginSettings> {
  const { env, workingDirectory } = console;
  const file = configurationFile(env);
  const configurationFolder = path.dirname(path.resolve(workingDirectory, file));
  const configuration = await readFile(file, workingDirectory);
  const entries = configuration?.entries ?? new Map<string, JsonValue>();
  const { names: external, warnings } = await externals(configuration);
  const mirror = given(env["INGOT_PLUGIN_MIRROR"]);
  const caFile = textOf(entries, "extra_ca_file");
  return {
    folders: pluginFolders(console),
    cacheFolder: path.join(findDirectories(console).cache, "plugins"),
    mirror:
      mirror === undefined
        ? mirrorPlace(textOf(entries, "plugin_mirror"), configurationFolder)
        : mirrorPlace(mirror, workingDirectory),
    external,
    registries: listOf(entries, "plugin_registries"),
    extraCaFile: caFile === undefined ? undefined : path.resolve(configurationFolder, caFile),
    ...{ entries, configurationFolder, warnings, configuration: configuration?.source },
  };
}

/** A mirror as typed: an address stays, the name of a folder becomes absolute. */
export function mirrorPlace(text: string | undefined, folder: string): string | undefined {
  if (text === undefined || text === "") return undefined;
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : path.resolve(folder, text);
}

async function readFile(file: string, workingDirectory: string): Promise<Configuration | undefined> {
  if (!existsSync(path.resolve(workingDirectory, file))) return undefined;
  const { readConfiguration } = await import("../configuration/read-configuration.js");
  const read = readConfiguration(file, workingDirectory);
  if ("problem" in read) throw configurationError(read.problem);
  return read;
}

async function externals(
  configuration: Configuration | undefined,
): Promise<{ readonly names: readonly string[]; readonly warnings: readonly Diagnostic[] }> {
  if (configuration?.entries.has("external_plugins") !== true) return { names: [], warnings: [] };
  const { externalPlugins } = await import("../configuration/external-plugins.js");
  return externalPlugins(configuration);
}

function textOf(entries: ReadonlyMap<string, JsonValue>, key: string): string | undefined {
  const value = entries.get(key);
  return typeof value === "string" && value !== "" ? value : undefined;
}

function listOf(entries: ReadonlyMap<string, JsonValue>, key: string): readonly string[] {
  const value = entries.get(key);
  return Array.isArray(value) ? value.map(String) : [];
}
