import type { SecretSet } from "@ingot/engine";
import type { DataSources, ParsedTemplate } from "@ingot/template";
import type { CommandContext } from "../registry.js";

/** Does something with the template's data sources. Plugins are started only when there are any. */
export async function withDataSources<T>(
  template: ParsedTemplate,
  options: { readonly context: CommandContext; readonly secrets: SecretSet },
  use: (dataSources: DataSources, signal?: AbortSignal) => Promise<T>,
): Promise<T> {
  if (template.dataSources.size === 0) return await use(NONE);
  const { usePluginDataSources } = await import("./plugin-data-sources.js");
  return await usePluginDataSources(template, options, use);
}

const NONE: DataSources = {
  describe: () => Promise.resolve(undefined),
  names: () => Promise.resolve([]),
  execute: () => Promise.reject(new Error("bug: there is no data source")),
};
