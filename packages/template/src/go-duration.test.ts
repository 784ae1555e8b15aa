import { describe, expect, test } from "@jest/globals";
import { parseGoDuration } from "./go-duration.js";

describe("parseGoDuration", () => {
  test.each([
    ["1h30m", 5_400_000_000_000n],
    ["1.5s", 1_500_000_000n],
    ["-5s", -5_000_000_000n],
    ["0", 0n],
    ["10ms", 10_000_000n],
    ["1us", 1_000n],
    ["1µs", 1_000n],
    [".5h", 1_800_000_000_000n],
    ["1.s", 1_000_000_000n],
  ])("reads %s", (text, nanoseconds) => expect(parseGoDuration(text)).toEqual({ nanoseconds }));

  test.each([
    ["x", 'time: invalid duration "x"'],
    ["", 'time: invalid duration ""'],
    ["5", 'time: missing unit in duration "5"'],
    ["1d", 'time: unknown unit "d" in duration "1d"'],
    ["9999999999h", 'time: invalid duration "9999999999h"'],
    [".s", 'time: invalid duration ".s"'],
  ])("refuses %p", (text, problem) => expect(parseGoDuration(text)).toEqual({ problem }));
});
