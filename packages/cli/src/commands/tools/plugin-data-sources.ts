import type { SecretSet } from "@ingot/engine";
import type { DataSources } from "@ingot/template";
import { openRunSession } from "../../run-session.js";
import type { CommandContext } from "../registry.js";

/** Does something with the data sources of plugins. The plugins end with it. */
export async function usePluginDataSources<T>(
  { console, machineReadable }: CommandContext,
  use: (dataSources: DataSources, signal: AbortSignal) => Promise<T>,
  secrets: SecretSet,
): Promise<T> {
  await using session = openRunSession({
    ...{ console, command: "validate", secrets },
    settings: { debug: false, force: false, onError: "", parallelBuilds: 0, validateOnly: false },
    output: { machineReadable, color: undefined, hasTimestamps: false, json: false, jsonInto: "" },
  });
  const { run, signal } = session;
  return await use(run.dataSources({ signal }), signal);
}
