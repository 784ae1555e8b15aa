/** Nanoseconds in each unit of Go's durations. */
const UNITS: ReadonlyMap<string, bigint> = new Map([
  ["ns", 1n],
  ["us", 1_000n],
  ["µs", 1_000n],
  ["μs", 1_000n],
  ["ms", 1_000_000n],
  ["s", 1_000_000_000n],
  ["m", 60_000_000_000n],
  ["h", 3_600_000_000_000n],
]);

const MOST = (1n << 63n) - 1n;

/** A duration in nanoseconds, or what is wrong with the text, as the reference words it. */
export type DurationResult = { readonly nanoseconds: bigint } | { readonly problem: string };

/** Reads a duration in Go's syntax: `1h30m`, `1.5s`, `-5s`, `0`. */
export function parseGoDuration(text: string): DurationResult {
  const invalid = { problem: `time: invalid duration ${JSON.stringify(text)}` };
  const sign = /^[+-]/.exec(text)?.[0] ?? "";
  let rest = text.slice(sign.length);
  if (rest === "0") return { nanoseconds: 0n };
  if (rest === "") return invalid;
  let total = 0n;
  while (rest !== "") {
    const number = /^(\d*)(\.(\d*))?/.exec(rest);
    const [all = "", whole = "", , fraction = ""] = number ?? [];
    if (whole === "" && fraction === "") return invalid;
    rest = rest.slice(all.length);
    const unit = /^[^.\d]*/.exec(rest)?.[0] ?? "";
    if (unit === "") return { problem: `time: missing unit in duration ${JSON.stringify(text)}` };
    const size = UNITS.get(unit);
    if (size === undefined)
      return { problem: `time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}` };
    total += BigInt(whole || "0") * size + (BigInt(fraction || "0") * size) / 10n ** BigInt(fraction.length);
    if (total > MOST) return invalid;
    rest = rest.slice(unit.length);
  }
  return { nanoseconds: sign === "-" ? -total : total };
}
