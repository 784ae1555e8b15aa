import { openSync, writeSync } from "node:fs";
import type { TextOutput } from "../console.js";
import type { SecretMask } from "../secret-mask.js";

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error";

/** Takes log records: constant text, facts as fields. */
export type Logger = (level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>) => void;

export interface LogSetup {
  readonly log: Logger;
  /** Whether anything is written at all. */
  readonly isOn: boolean;
  /** True when lines go to the standard error stream, which may be the terminal that also shows a status line. */
  readonly usesStandardError: boolean;
}

/**
 * Sets up the log from INGOT_LOG and INGOT_LOG_PATH, or PACKER_LOG and PACKER_LOG_PATH. A path alone is enough. Throws when the file can't be
 * made.
 */
export function setUpLog(options: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stderr: TextOutput;
  readonly mask: SecretMask;
}): LogSetup {
  const { env, stderr, mask } = options;
  const file = env["INGOT_LOG_PATH"] ?? env["PACKER_LOG_PATH"] ?? "";
  const wanted = env["INGOT_LOG"] ?? env["PACKER_LOG"] ?? "";
  if (file !== "") {
    const fd = openSync(file, "w", 0o600);
    const log: Logger = (level, message, fields) => void writeSync(fd, mask(logLine(level, message, fields)));
    return { log, isOn: true, usesStandardError: false };
  }
  if (wanted === "" || wanted === "0") return { log: () => undefined, isOn: false, usesStandardError: false };
  const log: Logger = (level, message, fields) => stderr.write(mask(logLine(level, message, fields)));
  return { log, isOn: true, usesStandardError: true };
}

function logLine(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>> = {}): string {
  const facts = Object.entries(fields).map(([name, value]) => ` ${name}=${factText(value)}`);
  return `${localTime(new Date())} [${level.toUpperCase()}] ${message}${facts.join("")}\n`;
}

function factText(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  return /^[^\s"]+$/.test(text) ? text : JSON.stringify(text);
}

function localTime(time: Date): string {
  const two = (number: number): string => String(number).padStart(2, "0");
  const date = `${time.getFullYear()}/${two(time.getMonth() + 1)}/${two(time.getDate())}`;
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}
