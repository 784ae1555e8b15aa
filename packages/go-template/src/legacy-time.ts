import { MONTHS, offsetText, pad2, WEEKDAYS, type CivilTime } from "./calendar.js";

type Writer = (time: CivilTime) => string;

const hour12 = (time: CivilTime): number => (time.hour % 12 === 0 ? 12 : time.hour % 12);
const monthName: Writer = (time) => MONTHS[time.month - 1] ?? "";
const dayName: Writer = (time) => WEEKDAYS[time.weekday] ?? "";
const short =
  (writer: Writer): Writer =>
  (time) =>
    writer(time).slice(0, 3);
const milliseconds = (time: CivilTime): string => String(time.millisecond).padStart(3, "0");

const STRFTIME: Readonly<Record<string, Writer>> = {
  B: monthName,
  b: short(monthName),
  m: (time) => pad2(time.month),
  A: dayName,
  a: short(dayName),
  d: (time) => pad2(time.day),
  H: (time) => pad2(time.hour),
  I: (time) => pad2(hour12(time)),
  M: (time) => pad2(time.minute),
  S: (time) => pad2(time.second),
  Y: (time) => String(time.year),
  y: (time) => pad2(time.year % 100),
  p: (time) => (time.hour < 12 ? "AM" : "PM"),
  Z: (time) => (time.offsetMinutes === 0 ? "UTC" : offsetText(time.offsetMinutes, "")),
  z: (time) => offsetText(time.offsetMinutes, ""),
  L: (time) => `.${milliseconds(time)}`,
  "%": () => "%",
};

/** Formats a time by C's percent verbs. Unknown ones stay as written. */
export function formatStrftime(format: string, time: CivilTime): string {
  return format.replace(/%(.)/gs, (verb, letter: string) => STRFTIME[letter]?.(time) ?? verb);
}

/** Elements of Go's layouts, longer ones before those that they begin with. */
const GO_LAYOUT: readonly (readonly [string, Writer])[] = [
  ["January", monthName],
  ["Jan", short(monthName)],
  ["Monday", dayName],
  ["Mon", short(dayName)],
  ["MST", (time) => (time.offsetMinutes === 0 ? "UTC" : offsetText(time.offsetMinutes, ""))],
  ["2006", (time) => String(time.year).padStart(4, "0")],
  ["__2", (time) => String(time.yearDay).padStart(3, " ")],
  ["002", (time) => String(time.yearDay).padStart(3, "0")],
  ["_2", (time) => String(time.day).padStart(2, " ")],
  ["01", (time) => pad2(time.month)],
  ["02", (time) => pad2(time.day)],
  ["03", (time) => pad2(hour12(time))],
  ["04", (time) => pad2(time.minute)],
  ["05", (time) => pad2(time.second)],
  ["06", (time) => pad2(time.year % 100)],
  ["15", (time) => pad2(time.hour)],
  ["1", (time) => String(time.month)],
  ["2", (time) => String(time.day)],
  ["3", (time) => String(hour12(time))],
  ["4", (time) => String(time.minute)],
  ["5", (time) => String(time.second)],
  ["PM", (time) => (time.hour < 12 ? "AM" : "PM")],
  ["pm", (time) => (time.hour < 12 ? "am" : "pm")],
  ["-07:00:00", (time) => `${offsetText(time.offsetMinutes, ":")}:00`],
  ["-070000", (time) => `${offsetText(time.offsetMinutes, "")}00`],
  ["-07:00", (time) => offsetText(time.offsetMinutes, ":")],
  ["-0700", (time) => offsetText(time.offsetMinutes, "")],
  ["-07", (time) => offsetText(time.offsetMinutes, "").slice(0, 3)],
  ["Z07:00:00", (time) => (time.offsetMinutes === 0 ? "Z" : `${offsetText(time.offsetMinutes, ":")}:00`)],
  ["Z070000", (time) => (time.offsetMinutes === 0 ? "Z" : `${offsetText(time.offsetMinutes, "")}00`)],
  ["Z07:00", (time) => (time.offsetMinutes === 0 ? "Z" : offsetText(time.offsetMinutes, ":"))],
  ["Z0700", (time) => (time.offsetMinutes === 0 ? "Z" : offsetText(time.offsetMinutes, ""))],
  ["Z07", (time) => (time.offsetMinutes === 0 ? "Z" : offsetText(time.offsetMinutes, "").slice(0, 3))],
];

/** Formats a time by one of Go's layouts: `2006-01-02 15:04:05`. */
export function formatGoLayout(layout: string, time: CivilTime): string {
  let out = "";
  for (let at = 0; at < layout.length;) {
    const fraction = /^[.,](0+|9+)(?!\d)/.exec(layout.slice(at));
    if (fraction) {
      out += fractionText(fraction[0], time);
      at += fraction[0].length;
      continue;
    }
    const element = GO_LAYOUT.find(([text]) => layout.startsWith(text, at) && !isPartOfWord(layout, at, text));
    out += element ? element[1](time) : layout.charAt(at);
    at += element ? element[0].length : 1;
  }
  return out;
}

/** "Jan" followed by a small letter is no month: "Janet". */
function isPartOfWord(layout: string, at: number, element: string): boolean {
  return (element === "Jan" || element === "Mon") && /[a-z]/.test(layout.charAt(at + element.length));
}

function fractionText(element: string, time: CivilTime): string {
  const digits = milliseconds(time)
    .padEnd(9, "0")
    .slice(0, element.length - 1)
    .padEnd(element.length - 1, "0");
  if (element.charAt(1) === "0") return element.charAt(0) + digits;
  const trimmed = digits.replace(/0+$/, "");
  return trimmed === "" ? "" : element.charAt(0) + trimmed;
}
