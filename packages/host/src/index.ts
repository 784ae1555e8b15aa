/**
 * Finds plugins, starts and supervises them, and presents their components as the engine's `PluginSet`. What a component means,
 * and in which order things happen, is the engine's business; this package takes types alone from it. Start reading at
 * plugin-host.ts; a plugin's life is in start-plugin.ts, plugin-process.ts and plugin-connection.ts, a session in session.ts.
 */
export { createPluginHost, type PluginHost } from "./plugin-host.js";
export { type PluginHostOptions } from "./plugin-host-options.js";
export { PluginError, type PluginErrorCode, type PluginFacts, type ProcessExit } from "./plugin-error.js";
export { type LogSink, type PluginLogLevel, type PluginLogRecord } from "./log-sink.js";
export type { ChosenPlugin, PluginUse } from "./chosen-plugin.js";
export {
  describePlugin,
  describePluginToFile,
  type DescribeOptions,
  type DescribePluginOptions,
} from "./describe-plugin.js";
export type { DescribedComponent, PluginDescription } from "./plugin-description.js";
export { findPlugins, type SearchPlaces } from "./find-plugins.js";
export { bytesOf, bytesValue } from "./bytes-value.js";
