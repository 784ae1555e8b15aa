import { writeFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { askDescription, readDescription } from "./component-finder.js";
import { descriptionFileOf, descriptionFileText } from "./description-cache.js";
import { resolveOptions } from "./plugin-host-options.js";
import { PluginRunner } from "./plugin-runner.js";

export interface DescribePluginOptions {
  /** The plugin's file, `ingot-plugin-NAME` with or without an extension. */
  readonly path: string;
  readonly hostVersion: string;
}

/**
 * Starts a plugin, asks for its description and writes it beside the plugin as `ingot-plugin-NAME.describe.json`, so that the
 * plugin needn't be started for it later. For plugins that are built together with Ingot. Gives the path of the file.
 */
export async function describePluginToFile({ path, hostVersion }: DescribePluginOptions): Promise<string> {
  const plugin = { name: pluginNameOf(path), path: resolve(path), isBuiltin: true };
  const options = resolveOptions({ hostVersion });
  const runner = new PluginRunner(options);
  try {
    const connection = await runner.connect(plugin, runner.lifetime);
    const wire = await askDescription(connection, hostVersion, options.describeTimeoutMs, runner.lifetime);
    readDescription(connection, wire);
    const file = descriptionFileOf(plugin.path);
    await writeFile(file, descriptionFileText(plugin.path, wire));
    return file;
  } finally {
    await runner.stopAll();
  }
}

function pluginNameOf(path: string): string {
  return basename(path)
    .replace(/^ingot-plugin-/, "")
    .replace(/\.(?:mjs|js|exe)$/, "");
}
