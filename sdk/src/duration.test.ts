import { expect, test } from "@jest/globals";
import { formatDuration, parseDuration } from "./duration.js";

test.each([
  { text: "0", ms: 0, written: "0s" },
  { text: "1h30m", ms: 5_400_000, written: "1h30m0s" },
  { text: "-1.5s", ms: -1_500, written: "-1.5s" },
  { text: "+.5m", ms: 30_000, written: "30s" },
  { text: "250ms", ms: 250, written: "250ms" },
  { text: "3us", ms: 0.003, written: "3µs" },
  { text: "3µs", ms: 0.003, written: "3µs" },
  { text: "7ns", ms: 0.000007, written: "7ns" },
  { text: "1h0m0.25s", ms: 3_600_250, written: "1h0m0.25s" },
])("reads $text and writes $written", ({ text, ms, written }) => {
  expect(parseDuration(text)).toBeCloseTo(ms, 9);
  expect(formatDuration(ms)).toBe(written);
});

test.each([
  { text: "", want: 'time: invalid duration ""' },
  { text: "5", want: 'time: missing unit in duration "5"' },
  { text: "1d", want: 'time: unknown unit "d" in duration "1d"' },
  { text: "x", want: 'time: invalid duration "x"' },
  { text: "1s x", want: 'time: unknown unit "s x" in duration "1s x"' },
])("refuses $text", ({ text, want }) => expect(() => parseDuration(text)).toThrow(want));
