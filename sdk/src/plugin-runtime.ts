import { hasErrors, type Diagnostic } from "@ingot/diag";
import type { BuildContext, ComponentRef, PrepareRequest } from "@ingot/protocol";
import type { CleanupContext, Component, PrepareResult } from "./component.js";
import type { BuildInfo, ComponentContext, Ui } from "./context.js";
import { diagnosticsOf } from "./errors.js";
import { processLog } from "./log.js";
import { MachineTable } from "./machine-table.js";
import { configRenderer } from "./config-renderer.js";
import { decodeConfig } from "./schema/decode-config.js";
import { STATUS, StatusError } from "./reply.js";
import { problemsToDiagnostics, type CheckResult } from "./schema/decode-scope.js";
import type { Session } from "./session.js";

/** A component with its configuration. */
export interface Instance {
  readonly component: Component;
  /** Undefined when the configuration has unknown values: such an instance cannot run. */
  readonly config: unknown;
  readonly build: BuildInfo;
  readonly secrets: readonly string[];
}

/** What a plugin is made of. */
export interface PluginParts {
  readonly name: string;
  readonly version: string;
  readonly components: readonly Component[];
}

/** The state of a plugin process: its instances, machines and running sessions. Knows nothing of sockets. */
export class PluginRuntime {
  readonly parts: PluginParts;
  readonly machines = new MachineTable();
  readonly #instances = new Map<string, Instance>();
  readonly #sessions = new Map<Session, Promise<void>>();

  constructor(parts: PluginParts) {
    this.parts = parts;
  }

  /** Finds a component by its reference. */
  find(ref: ComponentRef | undefined): Component | undefined {
    return this.parts.components.find(({ kind, name }) => kind === ref?.kind && name === ref.name);
  }

  /** Makes an instance, or gives the errors why not. */
  async prepare(
    request: PrepareRequest,
  ): Promise<{ readonly diagnostics: readonly Diagnostic[]; readonly generatedData: readonly string[] }> {
    const component = this.find(request.component);
    if (component === undefined) {
      const name = request.component?.name ?? "";
      throw new StatusError(STATUS.notFound, `the plugin "${this.parts.name}" has no such component "${name}"`);
    }
    if (this.#instances.has(request.instanceId)) {
      throw new StatusError(STATUS.alreadyExists, `there is an instance "${request.instanceId}" already`);
    }
    const build = toBuildInfo(request.build);
    const decoded = decodeConfig(component.config, request.config, configRenderer(component, build));
    const diagnostics = [...decoded.diagnostics];
    let generatedData: readonly string[] = [];
    if (!hasErrors(diagnostics) && !decoded.hasUnknowns && component.prepare !== undefined) {
      try {
        const context: ComponentContext<unknown> = { config: decoded.config, build, log: processLog };
        const result = splitPrepareResult(await component.prepare(context));
        diagnostics.push(...problemsToDiagnostics(result.problems));
        generatedData = result.generatedData;
      } catch (error) {
        processLog.debug("prepare threw an error", {
          component: component.name,
          stack: String((error as Error).stack),
        });
        diagnostics.push(...diagnosticsOf(error));
      }
    }
    if (!hasErrors(diagnostics)) {
      const config = decoded.hasUnknowns ? undefined : decoded.config;
      this.#instances.set(request.instanceId, { component, config, build, secrets: decoded.secrets });
    }
    return { diagnostics, generatedData };
  }

  /** Forgets an instance. */
  release(instanceId: string): void {
    this.#instances.delete(instanceId);
  }

  /** Gives an instance of a kind that can run. Throws an Error that names the defect of the host otherwise. */
  instance(instanceId: string, kind: Component["kind"]): Instance {
    const instance = this.#instances.get(instanceId);
    if (instance === undefined) throw new Error(`There is no prepared instance "${instanceId}".`);
    if (instance.component.kind !== kind) throw new Error(`The instance "${instanceId}" is of another kind.`);
    if (instance.config === undefined) {
      throw new Error(`The instance "${instanceId}" was prepared with unknown values and cannot run.`);
    }
    return instance;
  }

  /** Keeps a session until it is done. */
  track(session: Session, done: Promise<void>): void {
    this.#sessions.set(session, done);
    void done.finally(() => this.#sessions.delete(session)); // `done` never rejects
  }

  /** Aborts all sessions and waits until their clean-up is done. */
  async abortAll(reason: string): Promise<void> {
    for (const session of this.#sessions.keys()) session.leave(reason);
    await Promise.all(this.#sessions.values());
  }

  /** What destroy functions may use outside a session. */
  cleanupContext(): CleanupContext {
    const ui: Ui = {
      say: (text) => processLog.info("destroy", { text }),
      error: (text) => processLog.error("destroy", { text }),
    };
    return { log: processLog, ui };
  }
}

function splitPrepareResult(result: PrepareResult): { problems: CheckResult; generatedData: readonly string[] } {
  const isPlain = typeof result === "object" && !Array.isArray(result) && !("summary" in result);
  if (!isPlain) return { problems: result as CheckResult, generatedData: [] };
  const { problems, generatedData } = result as { problems?: CheckResult; generatedData?: readonly string[] };
  return { problems, generatedData: generatedData ?? [] };
}

function toBuildInfo(build: BuildContext | undefined): BuildInfo {
  const epoch = build?.sourceDateEpoch;
  return {
    name: build?.buildName ?? "",
    builderType: build?.builderType ?? "",
    hostVersion: build?.hostVersion ?? "",
    debug: build?.debug ?? false,
    force: build?.force ?? false,
    onError: build?.onError ?? "",
    sensitiveVariables: build?.sensitiveVariables ?? [],
    userVariables: build?.userVariables ?? {},
    templatePath: build?.templatePath ?? "",
    runId: build?.runId ?? "",
    workingDirectory:
      build?.workingDirectory === undefined || build.workingDirectory === "" ? process.cwd() : build.workingDirectory,
    cacheDirectory: build?.cacheDirectory ?? "",
    sourceDateEpoch: epoch === undefined ? undefined : Number(epoch),
  };
}
