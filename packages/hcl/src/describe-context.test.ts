import { expect, test } from "@jest/globals";
import { describeContext } from "./describe-context.js";

const native = 'a = 1\nsource "null" "b" {\n  c {\n    d = 2\n  }\n}\nbuild {\n}\n';
const json = '{"source": {"null": {"b": {"c": 1}}}, "build": {"provisioner": [{}, {"d": [2]}]}, "e": 3}';

test.each([
  { at: "a = 1", want: undefined },
  { at: "source", want: 'source "null" "b"' },
  { at: "d = 2", want: 'source "null" "b"' },
  { at: "build", want: "build" },
])("native syntax, at $at", ({ at, want }) => {
  const offset = native.indexOf(at);
  expect(describeContext({ filename: "x", source: native }, { syntax: "native", offset })).toBe(want);
});

test.each([
  { at: '"c"', want: "source.null.b" },
  { at: '"d"', want: "build.provisioner[1]" },
  { at: "2", want: "build.provisioner[1].d" },
  { at: '"e"', want: undefined },
])("JSON syntax, at $at", ({ at, want }) => {
  const offset = json.indexOf(at);
  expect(describeContext({ filename: "x", source: json }, { syntax: "json", offset })).toBe(want);
});
