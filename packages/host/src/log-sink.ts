/** A line of a plugin's log, or of the host's own about a plugin. */
export interface PluginLogRecord {
  /** The plugin's name. */
  readonly plugin: string;
  readonly level: "trace" | "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
}

export type PluginLogLevel = PluginLogRecord["level"];

/** Takes log records. Must be quick and must not throw; redacts what must not be shown. */
export type LogSink = (record: PluginLogRecord) => void;

/** Makes a record of the host's own. */
export function hostRecord(
  plugin: string,
  level: PluginLogLevel,
  message: string,
  fields: Readonly<Record<string, string>> = {},
): PluginLogRecord {
  return { plugin, level, message, fields, timeMs: Date.now() };
}
