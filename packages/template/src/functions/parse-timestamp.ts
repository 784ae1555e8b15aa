import { FunctionError } from "@ingot/hcl";
import { civilTime, daysInMonth, utcMs, type CivilTime } from "@ingot/go-template";

/** A part of a timestamp. Punctuation is called by itself in messages. */
interface Segment {
  readonly pattern: RegExp;
  readonly name: string;
  /** The range of a number; a number outside is no such part. */
  readonly range?: readonly [number, number];
  /** What the reference says to a number outside. */
  readonly outside?: string;
}

const TWO = /^\d\d/;
const SEGMENTS: readonly Segment[] = [
  { pattern: /^\d{4}/, name: "year" },
  { pattern: /^-/, name: "-" },
  { pattern: TWO, name: "month", range: [1, 12] },
  { pattern: /^-/, name: "-" },
  { pattern: TWO, name: "day of month" },
  { pattern: /^T/, name: "T" },
  { pattern: TWO, name: "hour", range: [0, 23], outside: "hour must be between 0 and 23 inclusive" },
  { pattern: /^:/, name: ":" },
  { pattern: TWO, name: "minute", range: [0, 59], outside: "minute must have exactly two digits" },
  { pattern: /^:/, name: ":" },
  { pattern: /^\d\d(?:\.\d+)?/, name: "second", range: [0, 60] },
  { pattern: /^(?:Z|[+-]\d\d:\d\d)/, name: "UTC offset" },
];

/** Reads an RFC 3339 timestamp; fractions of seconds are kept to the millisecond. Throws FunctionError. */
export function parseTimestamp(text: string): CivilTime {
  const parts: string[] = [];
  let rest = text;
  for (const { pattern, name, range, outside } of SEGMENTS) {
    const match = pattern.exec(rest)?.[0];
    if (match === undefined) throw notTimestamp(problemAt(name, rest));
    rest = rest.slice(match.length);
    const number = Number.parseFloat(match);
    if (range && (number < range[0] || number > range[1] || (name === "second" && number >= range[1])))
      throw notTimestamp(outside ?? `cannot use ${JSON.stringify(rest)} as ${name}`);
    parts.push(match);
  }
  if (rest !== "") throw notTimestamp(`cannot use ${JSON.stringify(rest)} as timestamp segment`);
  const [year = 0, , month = 0, , day = 0, , hour = 0, , minute = 0, , second = 0] = parts.map((part) =>
    Number.parseFloat(part),
  );
  if (day < 1 || day > daysInMonth(year, month)) throw notTimestamp("day out of range");
  const offset = offsetMinutes(parts.at(-1) ?? "Z");
  const whole = Math.trunc(second);
  const ms = utcMs(year, month, day, hour, minute, whole) + Math.floor((second - whole) * 1000);
  return civilTime(ms - offset * 60_000, offset);
}

function offsetMinutes(text: string): number {
  if (text === "Z") return 0;
  const [hours = 0, minutes = 0] = text.slice(1).split(":").map(Number);
  if (hours > 23 || minutes > 59) throw notTimestamp(`cannot use ${JSON.stringify(text)} as UTC offset`);
  return (text.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}

function notTimestamp(reason: string): FunctionError {
  return new FunctionError(`not a valid RFC3339 timestamp: ${reason}`);
}

function problemAt(name: string, rest: string): string {
  if (name === "T") return "missing required time introducer 'T'";
  const isPunctuation = name === "-" || name === ":";
  if (rest === "") return isPunctuation ? `end of string where "${name}" is expected` : `end of string before ${name}`;
  if (isPunctuation) return `found ${JSON.stringify(rest)} where "${name}" is expected`;
  if (name === "hour" && /^\d/.test(rest)) return "hour must have exactly two digits";
  if (name === "UTC offset" && rest.startsWith(",")) return 'cannot use "," as timestamp segment';
  return `cannot use ${JSON.stringify(rest)} as ${name}`;
}
