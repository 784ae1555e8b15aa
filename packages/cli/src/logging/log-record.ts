import type { SecretMask } from "../secret-mask.js";

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error";

/** One record of the log. */
export interface LogRecord {
  readonly level: LogLevel;
  /** What the user saw; it stands in the place of the level. */
  readonly kind?: "ui" | "ui error";
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  /** Who says it, when it is not Ingot itself. */
  readonly plugin: string | undefined;
}

/** `2026/01/02 15:04:05 [INFO] message name=value`, in local time; a plugin's lines name it first: `ingot-plugin-core plugin: `. */
export function plainRecord({ level, kind, message, fields, timeMs, plugin }: LogRecord, mask: SecretMask): string {
  const facts = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${factText(maskValue(value, mask))}`);
  const from = plugin === undefined ? "" : `ingot-plugin-${plugin} plugin: `;
  const label = kind === undefined ? `[${level.toUpperCase()}]` : `${kind}:`;
  return `${localTime(new Date(timeMs))} ${from}${label} ${mask(`${mask(message)}${facts.join("")}`)}\n`;
}

/** A JSON object with `time` (UTC), `level`, `message`, and, when there are any, `plugin`, `kind` and `fields`. */
export function jsonRecord({ level, kind, message, fields, timeMs, plugin }: LogRecord, mask: SecretMask): string {
  const hasFields = Object.keys(fields).length > 0;
  const record = {
    ...{ time: new Date(timeMs).toISOString(), level, kind, plugin, message: mask(message) },
    ...(hasFields ? { fields: maskValue(fields, mask) } : {}),
  };
  return `${JSON.stringify(record).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029")}\n`;
}

/** The value with its texts and names masked. Secrets may be anywhere in what plugins say. */
function maskValue(value: unknown, mask: SecretMask): unknown {
  if (typeof value === "string") return mask(value);
  if (Array.isArray(value)) return value.map((element) => maskValue(element, mask));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [mask(name), maskValue(field, mask)]));
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
