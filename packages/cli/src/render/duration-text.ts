const UNITS: readonly (readonly [string, number])[] = [
  ["year", 365 * 24 * 3_600_000_000],
  ["week", 7 * 24 * 3_600_000_000],
  ["day", 24 * 3_600_000_000],
  ["hour", 3_600_000_000],
  ["minute", 60_000_000],
  ["second", 1_000_000],
  ["millisecond", 1_000],
  ["microsecond", 1],
];

/** A duration in words: its two largest units, such as "1 minute 3 seconds". Below a microsecond: nothing, as ever. */
export function durationText(ms: number): string {
  if (ms === 0) return "0 seconds";
  let left = Math.floor(ms * 1000);
  const words: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) words.push(`${count} ${unit}${count === 1 ? "" : "s"}`);
  }
  return words.slice(0, 2).join(" ");
}

/** A duration as Go prints it: "10s", "1m0s", "1h0m0s", "1.5s", "250ms". */
export function goDurationText(ms: number): string {
  if (ms === 0) return "0s";
  if (ms < 1) return `${decimal(ms * 1000)}µs`;
  if (ms < 1000) return `${decimal(ms)}ms`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = `${decimal((ms - minutes * 60_000) / 1000)}s`;
  if (minutes === 0) return seconds;
  if (minutes < 60) return `${minutes}m${seconds}`;
  return `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`;
}

/** At most nine decimals, none that say nothing. */
function decimal(value: number): string {
  return String(Number(value.toFixed(9)));
}
