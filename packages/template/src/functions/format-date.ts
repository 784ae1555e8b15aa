import { FunctionError } from "@ingot/hcl";
import { MONTHS, offsetText, pad2, WEEKDAYS, type CivilTime } from "@ingot/go-template";

type Writer = (time: CivilTime) => string;

const hour12 = (time: CivilTime): number => (time.hour % 12 === 0 ? 12 : time.hour % 12);
const zone = (time: CivilTime, separator: string): string => offsetText(time.offsetMinutes, separator);

const VERBS: ReadonlyMap<string, Writer> = new Map<string, Writer>([
  ["YYYY", (time) => String(time.year).padStart(4, "0")],
  ["YY", (time) => pad2(time.year % 100)],
  ["MMMM", (time) => MONTHS[time.month - 1] ?? ""],
  ["MMM", (time) => (MONTHS[time.month - 1] ?? "").slice(0, 3)],
  ["MM", (time) => pad2(time.month)],
  ["M", (time) => String(time.month)],
  ["DD", (time) => pad2(time.day)],
  ["D", (time) => String(time.day)],
  ["EEEE", (time) => WEEKDAYS[time.weekday] ?? ""],
  ["EEE", (time) => (WEEKDAYS[time.weekday] ?? "").slice(0, 3)],
  ["hh", (time) => pad2(time.hour)],
  ["h", (time) => String(time.hour)],
  ["HH", (time) => pad2(hour12(time))],
  ["H", (time) => String(hour12(time))],
  ["AA", (time) => (time.hour < 12 ? "AM" : "PM")],
  ["aa", (time) => (time.hour < 12 ? "am" : "pm")],
  ["mm", (time) => pad2(time.minute)],
  ["m", (time) => String(time.minute)],
  ["ss", (time) => pad2(time.second)],
  ["s", (time) => String(time.second)],
  ["Z", (time) => (time.offsetMinutes === 0 ? "Z" : zone(time, ":"))],
  ["ZZZ", (time) => (time.offsetMinutes === 0 ? "UTC" : zone(time, ""))],
  ["ZZZZ", (time) => zone(time, "")],
  ["ZZZZZ", (time) => zone(time, ":")],
]);

/** What to use instead of a wrong verb, by its letter. */
const HINTS: Readonly<Record<string, string>> = {
  Y: 'year must either be "YY" or "YYYY"',
  M: 'month must be "M", "MM", "MMM", or "MMMM"',
  D: 'day of month must either be "D" or "DD"',
  E: 'day of week must either be "EEE" or "EEEE"',
  h: '24-hour must either be "h" or "hh"',
  H: '12-hour must either be "H" or "HH"',
  A: 'must be "AA"',
  a: 'must be "aa"',
  m: 'minute must either be "m" or "mm"',
  s: 'second must either be "s" or "ss"',
  Z: "timezone must be Z, ZZZZ, or ZZZZZ",
};

const TOKEN = /([A-Za-z])\1*|'(?:[^']|'')*'|'|[^A-Za-z']+/gy;

/** Formats a time by the tokens of `formatdate`. Throws FunctionError. */
export function formatDate(format: string, time: CivilTime): string {
  let out = "";
  for (const [token] of format.matchAll(TOKEN)) {
    if (token.startsWith("'")) {
      if (token.length < 2) throw new FunctionError("unterminated literal '", 0);
      out += token === "''" ? "'" : token.slice(1, -1).replaceAll("''", "'");
      continue;
    }
    if (!/^[A-Za-z]/.test(token)) {
      out += token;
      continue;
    }
    const write = VERBS.get(token);
    if (write === undefined) throw wrongVerb(token);
    out += write(time);
  }
  return out;
}

function wrongVerb(token: string): FunctionError {
  const hint = HINTS[token.charAt(0)];
  const text = `invalid date format verb ${JSON.stringify(token)}`;
  return new FunctionError(hint === undefined ? text : `${text}: ${hint}`, 0);
}
