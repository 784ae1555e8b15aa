import { hasErrors } from "@ingot/diag";
import type { CallOptions, DataSourceInstance, DataSourceResult, DataSourceRun, SessionHandlers } from "@ingot/engine";
import { DataSourceServiceService } from "@ingot/protocol";
import { componentText } from "./component-text.js";
import { decodeValue } from "./decode-value.js";
import { schemaType } from "./decode-schema.js";
import type { Prepared } from "./prepared.js";
import { decodeResult, encodeStep, eventOrResult, runSession } from "./session.js";
import { WireProblem } from "./wire-problem.js";

/** Presents a prepared data source. */
export function dataSourceInstance(prepared: Prepared): DataSourceInstance {
  return {
    release: () => prepared.release(),
    execute: (request, handlers, options) => execute(prepared, request, handlers, options),
  };
}

async function execute(
  prepared: Prepared,
  { step }: DataSourceRun,
  handlers: SessionHandlers,
  { signal }: CallOptions,
): Promise<DataSourceResult> {
  const { plugin, component, instanceId, description } = prepared;
  const what = `ran the ${componentText(component)}`;
  const wire = await runSession({
    plugin,
    what,
    component,
    handlers,
    signal,
    classify: eventOrResult,
    method: DataSourceServiceService.execute,
    start: { message: { $case: "start", value: { instanceId, step: encodeStep(step) } } },
    cancelGraceMs: prepared.cancelGraceMs,
  });
  const result = decodeResult(wire.result, plugin, what);
  if (result.cancelled || hasErrors(result.diagnostics)) return result;
  const type = schemaType(description.output ?? { attributes: new Map(), blocks: new Map() });
  return plugin.reading(what, () => {
    if (wire.output === undefined) throw new WireProblem(["output"], "is missing");
    return { ...result, output: decodeValue(wire.output, type, ["output"]) };
  });
}
