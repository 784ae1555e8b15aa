import {
  civilTime,
  formatGoLayout,
  formatStrftime,
  isoWeek,
  MONTHS,
  rfc3339Text,
  WEEKDAYS,
  type CivilTime,
} from "@ingot/go-template";
import {
  FunctionError,
  numberType,
  objectType,
  objectValue,
  stringType,
  stringValue,
  toBigInt,
  type FunctionSpec,
  type Value,
} from "@ingot/hcl";
import { parseGoDuration } from "../go-duration.js";
import { arg, integerValue, numberOf, param, stringFunction, textOf } from "./define.js";
import { formatDate } from "./format-date.js";
import { parseTimestamp } from "./parse-timestamp.js";

function timestampArg(text: string, argIndex: number): CivilTime {
  try {
    return parseTimestamp(text);
  } catch (error) {
    if (error instanceof FunctionError) throw new FunctionError(error.message, argIndex);
    throw error;
  }
}

const timeAdd = stringFunction("timeadd", ["timestamp", "duration"], (timestamp, text) => {
  const time = parseTimestamp(timestamp);
  const duration = parseGoDuration(text);
  if ("problem" in duration) throw new FunctionError(duration.problem);
  const nanoseconds = BigInt(time.unix) * 1_000_000_000n + BigInt(time.millisecond) * 1_000_000n + duration.nanoseconds;
  const seconds = nanoseconds / 1_000_000_000n - (nanoseconds % 1_000_000_000n < 0n ? 1n : 0n);
  return rfc3339Text(civilTime(Number(seconds) * 1000, time.offsetMinutes));
});

function legacy(name: string, emptyFormat: string, format: (format: string) => string): FunctionSpec {
  return {
    name,
    params: [],
    varParam: param.string("format"),
    returnType: stringType,
    impl: (args) => {
      if (args.length > 1) {
        const given = args.map((value) => JSON.stringify(textOf(value))).join(", ");
        throw new FunctionError(`too many values, 1 needed: ${given}`);
      }
      return stringValue(format(args[0] === undefined ? emptyFormat : textOf(args[0])));
    },
  };
}

const NUMBERS = ["year", "year_day", "day", "month", "weekday", "hour", "minute", "second", "iso_year", "iso_week"];
const TEXTS = ["month_name", "weekday_name"];

function timeType(extra: string, extraType: typeof stringType) {
  return objectType(
    new Map([
      ...NUMBERS.map((name) => [name, numberType] as const),
      ...TEXTS.map((name) => [name, stringType] as const),
      [extra, extraType] as const,
    ]),
  );
}

function timeObject(time: CivilTime, extra: Readonly<Record<string, Value>>): Value {
  const iso = isoWeek(time);
  return objectValue({
    year: integerValue(time.year),
    year_day: integerValue(time.yearDay),
    day: integerValue(time.day),
    month: integerValue(time.month),
    month_name: stringValue(MONTHS[time.month - 1] ?? ""),
    weekday: integerValue(time.weekday),
    weekday_name: stringValue(WEEKDAYS[time.weekday] ?? ""),
    hour: integerValue(time.hour),
    minute: integerValue(time.minute),
    second: integerValue(time.second),
    iso_year: integerValue(iso.year),
    iso_week: integerValue(iso.week),
    ...extra,
  });
}

const rfc3339Parse: FunctionSpec = {
  name: "rfc3339_parse",
  params: [param.string("timestamp")],
  returnType: timeType("unix", numberType),
  impl: (args) => {
    const text = textOf(arg(args, 0));
    try {
      const time = parseTimestamp(text.replace(/^(\d{4}-\d\d-\d\d) /, "$1T"));
      return timeObject(time, { unix: integerValue(time.unix) });
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error;
      throw new FunctionError(`${JSON.stringify(text)} is not a valid RFC3339 timestamp`, 0);
    }
  },
};

/** Dates beyond this many seconds are out of JavaScript's range. */
const MOST_SECONDS = 8_640_000_000_000n;

const unixTimestampParse: FunctionSpec = {
  name: "unix_timestamp_parse",
  params: [param.number("unix_timestamp")],
  returnType: timeType("rfc3339", stringType),
  impl: (args) => {
    const seconds = toBigInt(numberOf(arg(args, 0)));
    if (seconds === undefined || seconds > MOST_SECONDS || seconds < -MOST_SECONDS)
      throw new FunctionError(
        "unix_timestamp must be a whole number of seconds representable as a 64-bit integer: value must be a whole number, between -9223372036854775808 and 9223372036854775807",
        0,
      );
    const time = civilTime(Number(seconds) * 1000);
    return timeObject(time, { rfc3339: stringValue(rfc3339Text(time)) });
  },
};

/** The functions of dates and times. `startedMs` is the start of the run, which the legacy functions show. */
export function dateFunctions(now: () => number, startedMs: number): readonly FunctionSpec[] {
  const started = civilTime(startedMs);
  return [
    {
      name: "timestamp",
      params: [],
      returnType: stringType,
      impl: () => stringValue(rfc3339Text(civilTime(now()))),
    },
    timeAdd,
    stringFunction("formatdate", ["format", "time"], (format, time) => formatDate(format, timestampArg(time, 1))),
    legacy("legacy_isotime", "2006-01-02T15:04:05Z07:00", (format) => formatGoLayout(format, started)),
    legacy("legacy_strftime", "", (format) => formatStrftime(format, started)),
    rfc3339Parse,
    unixTimestampParse,
  ];
}
