import type { SecretSet } from "@ingot/engine";
import type { DataSources, ParsedTemplate } from "@ingot/template";
import { openRunSession } from "../../run-session.js";
import type { CommandContext } from "../registry.js";

/**
 * Does something with the data sources of plugins. The plugins end with it. Required plugins that are missing, or are not those of the lock
 * file, matter only when one of their data sources is used.
 */
export async function usePluginDataSources<T>(
  template: Pick<ParsedTemplate, "requiredPlugins" | "rootFolder">,
  { context, secrets }: { readonly context: CommandContext; readonly secrets: SecretSet },
  use: (dataSources: DataSources, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { console, machineReadable } = context;
  await using session = openRunSession({
    ...{ console, command: "validate", secrets },
    settings: { debug: false, force: false, onError: "", parallelBuilds: 0, validateOnly: false },
    output: { machineReadable, color: undefined, hasTimestamps: false, json: false, jsonInto: "" },
  });
  const { run, signal } = session;
  await session.requirePlugins(template.requiredPlugins, { templateFolder: template.rootFolder, signal });
  return await use(asFarAsPossible(run.dataSources({ signal })), signal);
}

/** A data source of a plugin that is missing or broken is as good as one of no plugin: its value is absent, and the rest is shown. */
function asFarAsPossible(dataSources: DataSources): DataSources {
  const describe: DataSources["describe"] = async (type) => {
    const described = await dataSources.describe(type);
    return described !== undefined && "broken" in described ? undefined : described;
  };
  return { ...dataSources, describe };
}
