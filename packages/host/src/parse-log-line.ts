import type { PluginLogLevel } from "./log-sink.js";

export interface ParsedLogLine {
  readonly level: PluginLogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. Absent when the line has no time. */
  readonly timeMs?: number;
}

const LEVELS: Readonly<Record<string, PluginLogLevel>> = {
  trace: "trace",
  debug: "debug",
  info: "info",
  warn: "warn",
  warning: "warn",
  error: "error",
  err: "error",
};

const PREFIX = /^\s*\[(TRACE|DEBUG|INFO|WARN|ERROR)\]\s*/;
const CRASH = /^(?:panic: |fatal error: )/;

/**
 * Reads the lines of one plugin's standard error as go-plugin hosts do: JSON with `@level` and `@message`, or text with a prefix
 * such as `[WARN]`. From a line on that begins like a Go crash, lines without a level are errors; before that they are "debug".
 */
export function createLogLineParser(): (line: string) => ParsedLogLine {
  let untagged: PluginLogLevel = "debug";
  return (line) => {
    const record = line.startsWith("{") ? parseJsonLine(line) : undefined;
    if (record) return record;
    const prefix = PREFIX.exec(line);
    if (prefix) {
      const level = LEVELS[(prefix[1] ?? "").toLowerCase()] ?? "debug";
      return { level, message: line.slice(prefix[0].length), fields: {} };
    }
    if (CRASH.test(line)) untagged = "error";
    return { level: untagged, message: line, fields: {} };
  };
}

function parseJsonLine(line: string): ParsedLogLine | undefined {
  let data: unknown;
  try {
    data = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof data !== "object" || data === null) return undefined;
  const { "@level": level, "@message": message, "@timestamp": timestamp, ...rest } = data as Record<string, unknown>;
  if (typeof level !== "string" && typeof message !== "string") return undefined;
  const fields: Record<string, string> = {};
  for (const [key, value] of Object.entries(rest)) {
    const name = key === "@module" ? "module" : key === "@caller" ? "caller" : key;
    fields[name] = typeof value === "string" ? value : JSON.stringify(value);
  }
  const timeMs = typeof timestamp === "string" ? Date.parse(timestamp) : NaN;
  return {
    level: (typeof level === "string" ? LEVELS[level.toLowerCase()] : undefined) ?? "debug",
    message: typeof message === "string" ? message : "",
    fields,
    ...(Number.isNaN(timeMs) ? {} : { timeMs }),
  };
}
