import { expect, test } from "@jest/globals";
import { durationText, goDurationText } from "./duration-text.js";

test.each([
  { ms: 0, want: "0 seconds" },
  { ms: 0.0004, want: "" },
  { ms: 2, want: "2 milliseconds" },
  { ms: 26.887, want: "26 milliseconds 887 microseconds" },
  { ms: 63_000, want: "1 minute 3 seconds" },
  { ms: 60_000.001, want: "1 minute 1 microsecond" },
  { ms: 3_605_000, want: "1 hour 5 seconds" },
  { ms: 26 * 3_600_000, want: "1 day 2 hours" },
  { ms: 366 * 24 * 3_600_000, want: "1 year 1 day" },
])("$ms ms are $want", ({ ms, want }) => expect(durationText(ms)).toBe(want));

test.each([
  { ms: 0, want: "0s" },
  { ms: 0.5, want: "500µs" },
  { ms: 250, want: "250ms" },
  { ms: 1500, want: "1.5s" },
  { ms: 10_000, want: "10s" },
  { ms: 60_000, want: "1m0s" },
  { ms: 3_600_000, want: "1h0m0s" },
])("$ms ms are $want in Go", ({ ms, want }) => expect(goDurationText(ms)).toBe(want));
