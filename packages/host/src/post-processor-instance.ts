import type {
  CallOptions,
  PostProcessorInstance,
  PostProcessorResult,
  PostProcessorRun,
  SessionHandlers,
} from "@ingot/engine";
import { PostProcessorServiceService } from "@ingot/protocol";
import { componentText } from "./component-text.js";
import type { Prepared } from "./prepared.js";
import { decodeResult, encodeStep, eventOrResult, runSession } from "./session.js";
import { decodeArtifact, encodeArtifact } from "./wire-artifact.js";

/** Presents a prepared post-processor. */
export function postProcessorInstance(prepared: Prepared): PostProcessorInstance {
  return {
    release: () => prepared.release(),
    postProcess: (request, handlers, options) => postProcess(prepared, request, handlers, options),
  };
}

async function postProcess(
  prepared: Prepared,
  { step, artifact: input }: PostProcessorRun,
  handlers: SessionHandlers,
  { signal }: CallOptions,
): Promise<PostProcessorResult> {
  const { plugin, component, instanceId } = prepared;
  const what = `ran the ${componentText(component)}`;
  const start = { instanceId, step: encodeStep(step), artifact: encodeArtifact(input) };
  const wire = await runSession({
    plugin,
    what,
    component,
    handlers,
    signal,
    classify: eventOrResult,
    method: PostProcessorServiceService.postProcess,
    start: { message: { $case: "start", value: start } },
    cancelGraceMs: prepared.cancelGraceMs,
  });
  const { keepInput, forceKeepInput, artifact } = wire;
  const result = { ...decodeResult(wire.result, plugin, what), keepInput, forceKeepInput };
  if (artifact === undefined) return result;
  return plugin.reading(what, () => {
    return { ...result, artifact: decodeArtifact(artifact, component, input) };
  });
}
