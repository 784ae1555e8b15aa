import type { StepContext } from "@ingot/protocol";
import type { SessionContext } from "./context.js";
import type { Instance } from "./plugin-runtime.js";
import type { Session } from "./session.js";

/** Makes what every session of a component may use, and tells the host which values are secret. */
export function makeSessionContext(
  session: Session,
  instance: Instance,
  step: StepContext | undefined,
): SessionContext<unknown> {
  session.secrets(instance.secrets);
  return {
    config: instance.config,
    build: instance.build,
    log: session.log,
    ui: session.ui,
    signal: session.signal,
    progress: (label, options) => session.progress(label, options),
    ask: (question) => session.ask(question),
    warn: ({ summary, detail, path }) =>
      session.warn({ severity: "warning", summary, detail: detail ?? "", path: path ?? [] }),
    secrets: (values) => session.secrets(values),
    step: { runId: step?.runId ?? "", buildId: step?.buildId ?? "", stepId: step?.stepId ?? "" },
  };
}
