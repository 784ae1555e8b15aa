import { expect, test } from "@jest/globals";
import { createLogLineParser } from "./parse-log-line.js";

test.each([
  {
    line: '{"@level":"warn","@message":"low disk","@module":"box","@timestamp":"2026-01-02T03:04:05.000000Z","free":3}',
    want: {
      level: "warn",
      message: "low disk",
      fields: { module: "box", free: "3" },
      timeMs: Date.UTC(2026, 0, 2, 3, 4, 5),
    },
  },
  { line: "[ERROR] broken", want: { level: "error", message: "broken", fields: {} } },
  { line: "  [TRACE]  detail", want: { level: "trace", message: "detail", fields: {} } },
  { line: "plain text", want: { level: "debug", message: "plain text", fields: {} } },
  { line: '{"other":"json"}', want: { level: "debug", message: '{"other":"json"}', fields: {} } },
  { line: "{broken", want: { level: "debug", message: "{broken", fields: {} } },
])("$line", ({ line, want }) => expect(createLogLineParser()(line)).toEqual(want));

test("from a Go crash on, lines without a level are errors", () => {
  const parse = createLogLineParser();
  expect(parse("before").level).toBe("debug");
  expect(parse("panic: index out of range").level).toBe("error");
  expect(parse("goroutine 1 [running]:").level).toBe("error");
  expect(parse("[INFO] tagged").level).toBe("info");
});
