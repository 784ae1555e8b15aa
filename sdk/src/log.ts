import { LogRecord_Level, type LogRecord } from "@ingot/protocol";

/** Facts of a log line. Never secrets. */
export type LogFields = Readonly<Record<string, string | number | bigint | boolean | null | undefined>>;

/** Writes to the log: constant text, facts as fields. In a session the host gets it, otherwise it goes to standard error. */
export interface Logger {
  trace(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

type LevelName = keyof Logger;

const LEVELS = {
  trace: LogRecord_Level.TRACE,
  debug: LogRecord_Level.DEBUG,
  info: LogRecord_Level.INFO,
  warn: LogRecord_Level.WARN,
  error: LogRecord_Level.ERROR,
} as const;

/** Makes a logger from a function that takes one line. */
export function makeLogger(write: (level: LevelName, message: string, fields: LogFields) => void): Logger {
  const line =
    (level: LevelName) =>
    (message: string, fields: LogFields = {}): void =>
      write(level, message, fields);
  return {
    trace: line("trace"),
    debug: line("debug"),
    info: line("info"),
    warn: line("warn"),
    error: line("error"),
  };
}

/** The log outside sessions: one JSON object a line on standard error, in the form that go-plugin hosts read. */
export const processLog: Logger = makeLogger((level, message, fields) => {
  const head = { "@level": level, "@message": message, "@timestamp": new Date().toISOString().replace("Z", "000Z") };
  const facts = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === "bigint" ? String(value) : value,
  ]);
  process.stderr.write(`${JSON.stringify({ ...head, ...Object.fromEntries(facts) })}\n`);
});

/** Makes the record of one log line. */
export function toLogRecord(level: LevelName, message: string, fields: LogFields): LogRecord {
  const facts = Object.entries(fields).filter(([, value]) => value !== undefined);
  return {
    level: LEVELS[level],
    message,
    fields: Object.fromEntries(facts.map(([name, value]) => [name, String(value)])),
    time: new Date(),
  };
}
