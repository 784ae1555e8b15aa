/**
 * What a plugin author needs: schemas, the five kinds of component, and `definePlugin(...).serve()`. Each component is an
 * object with a name, a config schema and one function that does the work; everything of the protocol (handshake, sessions,
 * resource records, communicators, cancellation) happens behind the context that the function is given. Start reading at
 * component.ts for what components may do, at schema/schema.ts for schemas, at machine.ts for a builder's machine.
 */
export { definePlugin, type Plugin, type PluginOptions } from "./plugin.js";
export { builder, communicator, dataSource, postProcessor, provisioner } from "./define.js";
export type {
  BuilderContext,
  BuilderOptions,
  CleanupContext,
  CommunicatorOptions,
  Component,
  ComponentOptions,
  ConnectorContext,
  DataSourceOptions,
  PostProcessorContext,
  PostProcessorOptions,
  PostProcessResult,
  PrepareResult,
  ProvisionerContext,
  ProvisionerOptions,
  ProvisionOptions,
} from "./component.js";
export type { BuildInfo, ComponentContext, ProgressReporter, SessionContext, Ui } from "./context.js";
export type { ArtifactInfo, ArtifactResult } from "./artifact.js";
export type { ResourceHandle, ResourceOptions, ResourceRecord, Resources } from "./resources.js";
export type { LogFields, Logger } from "./log.js";
export { DiagnosticError, ProvisioningFailed } from "./errors.js";
export type { AttributePath, Diagnostic } from "@ingot/diag";
export { CleanupStack, messageOf, systemReason } from "@ingot/diag";

export { schema } from "./schema/schema.js";
export type {
  AttributeField,
  AttributeOptions,
  BlockField,
  BlockOptions,
  Field,
  Fields,
  GroupField,
  Infer,
  InferFields,
  ObjectSchema,
} from "./schema/field.js";
export type { CheckResult, Problem } from "./schema/decode-scope.js";
export type { CommunicatorConfig, CommunicatorType } from "./schema/communicator.js";
export type { PlainValue } from "./value.js";

export {
  DISCONNECTED_STATUS,
  type Command,
  type CommandExit,
  type CommandIo,
  type CommandStart,
  type DirEntry,
  type DirOptions,
  type DownloadedFile,
  type FileInfo,
  type Machine,
  type TerminalSize,
  type TransferOptions,
  type UploadFileOptions,
  type UploadResult,
} from "./machine.js";
export { connectCommunicator } from "./ssh/connect-communicator.js";
export type { ConnectContext, ConnectedMachine, ConnectOptions } from "./ssh/connect.js";
export { communicatorData, type MachineAddress } from "./ssh/generated-data.js";
export { createKeyPair, type KeyPairOptions, type SshKeyPair } from "./ssh/key-pair.js";
export { clearAuthorizedKeys, prepareSshKey, saveDebugKey } from "./ssh/ssh-key.js";
export { noneMachine, noOpMachine } from "./none-machine.js";
export { localMachine, type LocalMachineOptions } from "./local-machine.js";
export { runLocalCommand, type LocalCommand } from "./local-command.js";
export { runLocally, type RunLocallyOptions } from "./run-locally.js";
export type {
  DirTransferOptions,
  DownloadOptions,
  OutputSink,
  RemoteMachine,
  RunOptions,
  UploadOptions,
} from "./remote-machine.js";
export { formatDuration, parseDuration } from "./duration.js";
export { globPaths } from "./glob-paths.js";
export { guardPath } from "./orphan-guard.js";
export { makeFolders } from "@ingot/files";
export { interpolate, type InterpolateOptions } from "./interpolate.js";
export { interpolateOptions } from "./config-renderer.js";
