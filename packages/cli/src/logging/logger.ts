import { messageOf, systemReason } from "@ingot/diag";
import type { TextOutput } from "../console.js";
import { openLineFile, type LineFile } from "../line-file.js";
import type { SecretMask } from "../secret-mask.js";
import { setting, wantsLog } from "../settings.js";
import { StartupError } from "../startup-error.js";
import { jsonRecord, plainRecord, type LogRecord } from "./log-record.js";

export type { LogLevel } from "./log-record.js";

/** Takes log records: constant text, facts as fields. */
export type Logger = (
  level: LogRecord["level"],
  message: string,
  fields?: Readonly<Record<string, unknown>>,
  plugin?: string,
) => void;

export interface LogSetup {
  readonly log: Logger;
  /** What the user reads. On the standard error stream it would stand twice, so it is in files only. */
  readonly logUi: (kind: "ui" | "ui error", text: string) => void;
  /** Whether anything is written at all. */
  readonly isOn: boolean;
  /** True when lines go to the standard error stream, which may be the terminal that also shows a live view. */
  readonly usesStandardError: boolean;
  /** Writes what waits. Nothing may be logged afterwards. */
  readonly close: () => void;
}

export interface LogMasks {
  readonly mask: SecretMask;
  /** Masks text of a source that may come in pieces. */
  readonly maskPiece: (source: string, text: string) => string;
}

const OFF: LogSetup = {
  ...{ log: () => undefined, logUi: () => undefined, isOn: false, usesStandardError: false, close: () => undefined },
};

/**
 * Sets up the log from INGOT_LOG and INGOT_LOG_PATH, or PACKER_LOG and PACKER_LOG_PATH. A path alone is enough. INGOT_LOG_FORMAT=json makes
 * each record one JSON object. Throws StartupError when the file can't be made.
 */
export function setUpLog(options: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stderr: TextOutput;
  readonly masks: LogMasks;
  /** The log was begun: its file is not emptied. */
  readonly goesOn?: boolean;
}): LogSetup {
  const { env, stderr, masks, goesOn = false } = options;
  const path = setting(env, "LOG_PATH");
  if (path === undefined && !wantsLog(env)) return OFF;
  const file = path === undefined ? undefined : openLogFile(path, { goesOn });
  const format = setting(env, "LOG_FORMAT") === "json" ? jsonRecord : plainRecord;
  const write = (record: LogRecord): void => (file ?? stderr).write(format(record, masks.mask));
  return {
    log: (level, message, fields = {}, plugin) =>
      write({
        ...{ level, fields, timeMs: Date.now(), plugin },
        message: plugin === undefined ? message : masks.maskPiece(`${plugin} ${level}`, message),
      }),
    logUi: (kind, text) => {
      if (file !== undefined)
        write({ level: "info", kind, message: text, fields: {}, timeMs: Date.now(), plugin: undefined });
    },
    isOn: true,
    usesStandardError: file === undefined,
    close: () => file?.close(),
  };
}

function openLogFile(path: string, options: { readonly goesOn: boolean }): LineFile {
  try {
    return openLineFile(path, options);
  } catch (error) {
    throw new StartupError(`Couldn't setup log output: open ${path}: ${systemReason(error) ?? messageOf(error)}\n`, {
      cause: error,
    });
  }
}
