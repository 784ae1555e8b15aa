/** A point in time as a clock in one time zone shows it. */
export interface CivilTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** From 1. */
  readonly yearDay: number;
  /** East of Greenwich. */
  readonly offsetMinutes: number;
  /** Seconds since 1970. */
  readonly unix: number;
}

export const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);
export const WEEKDAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

/** Gives the civil time of a number of milliseconds since 1970 at an offset from UTC. */
export function civilTime(ms: number, offsetMinutes = 0): CivilTime {
  const shifted = new Date(ms + offsetMinutes * 60_000);
  const year = shifted.getUTCFullYear();
  const startOfYear = new Date(0);
  startOfYear.setUTCFullYear(year, 0, 1);
  return {
    year,
    month: shifted.getUTCMonth() + 1,
    day: shifted.getUTCDate(),
    hour: shifted.getUTCHours(),
    minute: shifted.getUTCMinutes(),
    second: shifted.getUTCSeconds(),
    millisecond: shifted.getUTCMilliseconds(),
    weekday: shifted.getUTCDay(),
    yearDay: Math.floor((shifted.getTime() - startOfYear.getTime()) / 86_400_000) + 1,
    offsetMinutes,
    unix: Math.floor(ms / 1000),
  };
}

/** The milliseconds since 1970 of a civil date in UTC. Works for the years below 100 too. */
export function utcMs(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, 0);
  return date.getTime();
}

export function daysInMonth(year: number, month: number): number {
  return civilTime(utcMs(year, month + 1, 0, 0, 0, 0)).day;
}

/** Year and week by ISO 8601. */
export function isoWeek(time: CivilTime): { readonly year: number; readonly week: number } {
  const thursday = civilTime(
    utcMs(time.year, time.month, time.day + 4 - (time.weekday === 0 ? 7 : time.weekday), 0, 0, 0),
  );
  return { year: thursday.year, week: Math.floor((thursday.yearDay - 1) / 7) + 1 };
}

export function pad2(value: number): string {
  return String(value).padStart(2, "0");
}

/** `+hh<separator>mm`. */
export function offsetText(offsetMinutes: number, separator: string): string {
  const size = Math.abs(offsetMinutes);
  return `${offsetMinutes < 0 ? "-" : "+"}${pad2(Math.floor(size / 60))}${separator}${pad2(size % 60)}`;
}

/** Writes a time as RFC 3339 without fractions. */
export function rfc3339Text(time: CivilTime): string {
  const zone = time.offsetMinutes === 0 ? "Z" : offsetText(time.offsetMinutes, ":");
  const date = `${String(time.year).padStart(4, "0")}-${pad2(time.month)}-${pad2(time.day)}`;
  return `${date}T${pad2(time.hour)}:${pad2(time.minute)}:${pad2(time.second)}${zone}`;
}
