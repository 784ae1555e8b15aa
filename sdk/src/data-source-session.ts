import { ComponentKind, DataSourceServiceService, type ExecuteStart, type RpcService } from "@ingot/protocol";
import type { PluginRuntime } from "./plugin-runtime.js";
import { failedResult, SUCCESS } from "./session.js";
import { makeSessionContext } from "./session-context.js";
import { sessionService } from "./session-service.js";
import { toTypedValue } from "./value.js";

/** Serves data sources. */
export function dataSourceService(runtime: PluginRuntime): RpcService {
  return sessionService<ExecuteStart>(DataSourceServiceService, "execute", runtime, () => ({
    run: async (start, session) => {
      try {
        const instance = runtime.instance(start.instanceId, ComponentKind.DATA_SOURCE);
        const { output, execute } = instance.component;
        if (output === undefined || execute === undefined) throw new Error("bug: a data source without output");
        const found = await execute(makeSessionContext(session, instance, start.step));
        const value = toTypedValue(found, output.type, "the data source's output");
        return { $case: "result", value: { result: SUCCESS, output: value } };
      } catch (error) {
        return { $case: "result", value: { result: failedResult(error, session), output: undefined } };
      }
    },
  }));
}
