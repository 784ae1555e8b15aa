/**
 * Runs builds: plans them with plugins, schedules them, keeps the journal, and tells what happens as a stream of events. Knows nothing of
 * processes, gRPC and consoles, and formats no text for people. Start reading at run.ts; events.ts says what comes out.
 */
export { Run, type RequirePlugins, type RunOptions, type RunResult } from "./run.js";
export type { LoadOptions } from "./load-template.js";
export type { OnError, OpenShell, RunSettings } from "./run-context.js";
export type { Plan } from "./plan-builds.js";
export type { BuildPlan } from "./build-plan.js";
export type { EventListener } from "./event-stream.js";
export type { AskUser } from "./asker.js";
export { SecretSet } from "./secret-set.js";
export { eventSchema } from "./event-schema.js";
export {
  EVENT_VERSION,
  type ArtifactSummary,
  type EventBody,
  type EventHead,
  type EventType,
  type PlannedStep,
  type RunEvent,
  type StepKind,
} from "./events.js";
export type {
  Artifact,
  BuilderHandlers,
  BuilderInstance,
  BuilderResult,
  BuilderRun,
  BuildFacts,
  CallOptions,
  ComponentDescription,
  ComponentKind,
  ComponentRef,
  DataSourceInstance,
  DataSourceResult,
  DataSourceRun,
  LogRecord,
  Machine,
  MachineCommand,
  TerminalSize,
  PluginSet,
  PostProcessorInstance,
  PostProcessorResult,
  PostProcessorRun,
  PrepareRequest,
  Progress,
  Provisioned,
  ProvisionerInstance,
  ProvisionerRun,
  ResourceRecord,
  SessionHandlers,
  SessionResult,
  StepContext,
} from "./plugin-set.js";
