import {
  ComponentKind,
  PostProcessorServiceService,
  type PostProcessResult as WireResult,
  type PostProcessStart,
  type RpcService,
} from "@ingot/protocol";
import { fromWireArtifact, toWireArtifact } from "./artifact.js";
import type { PluginRuntime } from "./plugin-runtime.js";
import { ResourceLedger } from "./resource-ledger.js";
import { failedResult, SUCCESS, type Session } from "./session.js";
import { makeSessionContext } from "./session-context.js";
import { sessionService } from "./session-service.js";
import { withCleanup } from "./with-cleanup.js";

/** Serves post-processors. */
export function postProcessorService(runtime: PluginRuntime): RpcService {
  return sessionService<PostProcessStart>(PostProcessorServiceService, "postProcess", runtime, () => ({
    run: async (start, session) => {
      try {
        return { $case: "result", value: await postProcess(runtime, start, session) };
      } catch (error) {
        const result = failedResult(error, session);
        return { $case: "result", value: { result, artifact: undefined, keepInput: false, forceKeepInput: false } };
      }
    },
  }));
}

async function postProcess(runtime: PluginRuntime, start: PostProcessStart, session: Session): Promise<WireResult> {
  const instance = runtime.instance(start.instanceId, ComponentKind.POST_PROCESSOR);
  const { component, build } = instance;
  if (start.artifact === undefined) throw new Error("bug: the host gave no artifact");
  const artifact = fromWireArtifact(start.artifact);
  const resources = new ResourceLedger(session, component, build);
  const context = { ...makeSessionContext(session, instance, start.step), artifact, resources };
  const made = await withCleanup({ resources }, async () => component.postProcess?.(context));
  const defaults = { builderId: `${runtime.parts.name}.${component.name}`, generatedData: artifact.generatedData };
  return {
    result: SUCCESS,
    artifact: made?.artifact === undefined ? undefined : toWireArtifact(made.artifact, defaults),
    keepInput: made?.keepInput ?? false,
    forceKeepInput: made?.forceKeepInput ?? false,
  };
}
