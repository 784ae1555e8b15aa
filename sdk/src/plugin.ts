import { basename } from "node:path";
import type { Component } from "./component.js";
import { servePlugin } from "./serve.js";

/** What a plugin is. */
export interface PluginOptions {
  /** The plugin's name. Default: from the name of its file, `ingot-plugin-NAME`. */
  readonly name?: string;
  /** The plugin's version, such as "1.2.0". Default "0.0.0". */
  readonly version?: string;
  readonly components: readonly Component[];
}

/** A plugin that can be served. */
export interface Plugin {
  readonly name: string;
  readonly version: string;
  readonly components: readonly Component[];
  /**
   * Serves the plugin in this process, which a host started, until the host stops it. Exits the process, with an explanation
   * when no host started it. Call it last in the plugin's main file.
   */
  serve(): void;
}

/** Defines a plugin. Throws a TypeError when two components of one kind have the same name. */
export function definePlugin(options: PluginOptions): Plugin {
  const seen = new Set<string>();
  for (const { kind, name } of options.components) {
    if (seen.has(`${kind} ${name}`)) throw new TypeError(`the plugin has two components of one kind named "${name}"`);
    seen.add(`${kind} ${name}`);
  }
  const plugin = {
    name: options.name ?? nameFromFile(),
    version: options.version ?? "0.0.0",
    components: options.components,
  };
  return { ...plugin, serve: () => void servePlugin(plugin) }; // it ends the process, on errors too
}

function nameFromFile(): string {
  const file = basename(process.argv[1] ?? "plugin").replace(/\.[cm]?[jt]s$/, "");
  return file.replace(/^ingot-plugin-/, "");
}
