import { FunctionError } from "@ingot/hcl";
import { civilTime, daysInMonth, utcMs, type CivilTime } from "./calendar.js";

interface Segment {
  readonly pattern: RegExp;
  /** What a message calls it; punctuation stands for itself. */
  readonly name: string;
  readonly isPunctuation?: boolean;
}

const TWO = /^\d\d/;
const SEGMENTS: readonly Segment[] = [
  { pattern: /^\d{4}/, name: "year" },
  { pattern: /^-/, name: "-", isPunctuation: true },
  { pattern: TWO, name: "month" },
  { pattern: /^-/, name: "-", isPunctuation: true },
  { pattern: TWO, name: "day of month" },
  { pattern: /^T/, name: "T", isPunctuation: true },
  { pattern: TWO, name: "hour" },
  { pattern: /^:/, name: ":", isPunctuation: true },
  { pattern: TWO, name: "minute" },
  { pattern: /^:/, name: ":", isPunctuation: true },
  { pattern: /^\d\d(?:[.,]\d+)?/, name: "second" },
  { pattern: /^(?:Z|[+-]\d\d:\d\d)/, name: "UTC offset" },
];

/** Reads an RFC 3339 timestamp. Fractions of seconds are dropped. Throws FunctionError. */
export function parseTimestamp(text: string): CivilTime {
  const parts: string[] = [];
  let rest = text;
  for (const segment of SEGMENTS) {
    const match = segment.pattern.exec(rest);
    if (!match) throw notTimestamp(`: ${segmentProblem(segment, rest)}`);
    parts.push(match[0]);
    rest = rest.slice(match[0].length);
  }
  if (rest !== "") throw notTimestamp(`: extra text: ${JSON.stringify(rest)}`);
  const [year = 0, , month = 0, , day = 0, , hour = 0, , minute = 0, , second = 0] = parts.map(Number.parseFloat);
  const whole = Math.trunc(second);
  if (month < 1 || month > 12) throw notTimestamp(": month out of range");
  if (day < 1 || day > daysInMonth(year, month)) throw notTimestamp(": day out of range");
  if (hour > 23) throw notTimestamp(": hour out of range");
  if (minute > 59) throw notTimestamp(": minute out of range");
  if (whole > 59) throw notTimestamp(": second out of range");
  const offset = offsetMinutes(parts.at(-1) ?? "Z");
  return civilTime(utcMs(year, month, day, hour, minute, whole) - offset * 60_000, offset);
}

function offsetMinutes(text: string): number {
  if (text === "Z") return 0;
  const [hours = 0, minutes = 0] = text.slice(1).split(":").map(Number);
  if (hours > 23 || minutes > 59) throw notTimestamp(": time zone offset out of range");
  return (text.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}

function notTimestamp(reason: string): FunctionError {
  return new FunctionError(`not a valid RFC3339 timestamp${reason}`);
}

function segmentProblem({ name, isPunctuation }: Segment, rest: string): string {
  if (name === "T") return "missing required time introducer 'T'";
  const quoted = JSON.stringify(rest);
  if (isPunctuation)
    return rest === "" ? `end of string where "${name}" is expected` : `found ${quoted} where "${name}" is expected`;
  return rest === "" ? `end of string before ${name}` : `cannot use ${quoted} as ${name}`;
}
