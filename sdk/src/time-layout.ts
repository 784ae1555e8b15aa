const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

const pad = (value: number, width: number, fill = "0"): string => String(value).padStart(width, fill);

/** The parts of a UTC time that formats are made from. */
function partsOf(date: Date) {
  const hour = date.getUTCHours();
  const startOfYear = Date.UTC(date.getUTCFullYear(), 0, 1);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    monthName: MONTHS[date.getUTCMonth()] ?? "",
    day: date.getUTCDate(),
    yearDay: Math.floor((date.getTime() - startOfYear) / 86_400_000) + 1,
    weekday: DAYS[date.getUTCDay()] ?? "",
    hour,
    hour12: hour % 12 === 0 ? 12 : hour % 12,
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    ms: date.getUTCMilliseconds(),
    half: hour < 12 ? "AM" : "PM",
  };
}

type Parts = ReturnType<typeof partsOf>;

/** Elements of a Go layout. Longer ones come first where one begins another. */
const GO_ELEMENTS: readonly (readonly [string, (parts: Parts) => string])[] = [
  ["January", (p) => p.monthName],
  ["Jan", (p) => p.monthName.slice(0, 3)],
  ["Monday", (p) => p.weekday],
  ["Mon", (p) => p.weekday.slice(0, 3)],
  ["MST", () => "UTC"],
  ["2006", (p) => pad(p.year, 4)],
  ["002", (p) => pad(p.yearDay, 3)],
  ["__2", (p) => pad(p.yearDay, 3, " ")],
  ["01", (p) => pad(p.month, 2)],
  ["02", (p) => pad(p.day, 2)],
  ["03", (p) => pad(p.hour12, 2)],
  ["04", (p) => pad(p.minute, 2)],
  ["05", (p) => pad(p.second, 2)],
  ["06", (p) => pad(p.year % 100, 2)],
  ["15", (p) => pad(p.hour, 2)],
  ["_2", (p) => pad(p.day, 2, " ")],
  ["PM", (p) => p.half],
  ["pm", (p) => p.half.toLowerCase()],
  ["-07:00:00", () => "+00:00:00"],
  ["-070000", () => "+000000"],
  ["-07:00", () => "+00:00"],
  ["-0700", () => "+0000"],
  ["-07", () => "+00"],
  ["Z07:00:00", () => "Z"],
  ["Z070000", () => "Z"],
  ["Z07:00", () => "Z"],
  ["Z0700", () => "Z"],
  ["Z07", () => "Z"],
  ["1", (p) => String(p.month)],
  ["2", (p) => String(p.day)],
  ["3", (p) => String(p.hour12)],
  ["4", (p) => String(p.minute)],
  ["5", (p) => String(p.second)],
];

/** Writes a time in UTC by a layout of Go's time package, such as "2006-01-02 15:04:05". Other text stays as it is. */
export function formatGoLayout(date: Date, layout: string): string {
  const parts = partsOf(date);
  let result = "";
  let at = 0;
  let follows = "";
  while (at < layout.length) {
    const rest = layout.slice(at);
    const fraction = /^([.,])(0+|9+)(?!\d)/.exec(rest);
    if (fraction !== null && /0?5$/.test(follows)) {
      const [text = "", point = "", digits = ""] = fraction;
      const written = pad(parts.ms, 3).padEnd(9, "0").slice(0, digits.length);
      const kept = digits.startsWith("9") ? written.replace(/0+$/, "") : written;
      result += kept === "" ? "" : point + kept;
      at += text.length;
      follows = "";
      continue;
    }
    // "Jan" and "Mon" are not recognised inside longer words in Go.
    const found = GO_ELEMENTS.find(
      ([element]) =>
        rest.startsWith(element) &&
        !((element === "Jan" || element === "Mon") && /^[a-z]/.test(rest.slice(element.length))),
    );
    if (found === undefined) {
      result += layout[at] ?? "";
      at++;
      follows = "";
    } else {
      result += found[1](parts);
      at += found[0].length;
      follows = found[0];
    }
  }
  return result;
}

const STRFTIME_VERBS: Readonly<Record<string, (parts: Parts) => string>> = {
  B: (p) => p.monthName,
  b: (p) => p.monthName.slice(0, 3),
  m: (p) => pad(p.month, 2),
  A: (p) => p.weekday,
  a: (p) => p.weekday.slice(0, 3),
  d: (p) => pad(p.day, 2),
  H: (p) => pad(p.hour, 2),
  I: (p) => pad(p.hour12, 2),
  M: (p) => pad(p.minute, 2),
  S: (p) => pad(p.second, 2),
  Y: (p) => pad(p.year, 4),
  y: (p) => pad(p.year % 100, 2),
  p: (p) => p.half,
  Z: () => "UTC",
  z: () => "+0000",
  L: (p) => `.${pad(p.ms, 3)}`,
  "%": () => "%",
};

/** Writes a time in UTC by a strftime format. Unknown verbs stay as they are written. */
export function formatStrftime(date: Date, format: string): string {
  const parts = partsOf(date);
  return format.replace(/%(.)/gs, (text, verb: string) => STRFTIME_VERBS[verb]?.(parts) ?? text);
}
