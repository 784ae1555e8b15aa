import { expect, test } from "@jest/globals";
import {
  assignmentFlag,
  choiceFlag,
  configTypeFlag,
  integerFlag,
  listFlag,
  repeatedFlag,
  switchFlag,
} from "./flag-kinds.js";
import { parseFlags } from "./parse-flags.js";

const table = {
  color: switchFlag(undefined),
  force: switchFlag(false),
  "parallel-builds": integerFlag(0),
  "on-error": choiceFlag(["cleanup", "abort"]),
  only: listFlag(),
  "var-file": repeatedFlag(),
  var: assignmentFlag(),
  "config-type": configTypeFlag(),
};

test.each([
  { name: "one or two dashes are the same", args: ["--force", "-only=a"], want: { force: true, only: ["a"] } },
  { name: "a value may stand in the next argument", args: ["-parallel-builds", "2"], want: { "parallel-builds": 2 } },
  { name: "a value may begin with a dash", args: ["-parallel-builds", "-2"], want: { "parallel-builds": -2 } },
  { name: "a switch takes no next argument", args: ["-force", "false"], want: { force: true }, rest: ["false"] },
  { name: "a switch takes a value after =", args: ["-color=f"], want: { color: false } },
  { name: "lists are split and joined", args: ["-only", "a,b", "-only=c,"], want: { only: ["a", "b", "c", ""] } },
  { name: "repeated values stay whole", args: ["-var-file=a,b", "-var-file", "c"], want: { "var-file": ["a,b", "c"] } },
  {
    name: "parsing stops at the first positional",
    args: ["t.pkr.hcl", "-force"],
    want: { force: false },
    rest: ["t.pkr.hcl", "-force"],
  },
  { name: "parsing stops at --", args: ["--", "-force"], want: { force: false }, rest: ["-force"] },
  { name: "a single dash is positional", args: ["-force", "-"], want: { force: true }, rest: ["-"] },
  {
    name: "the last value of a flag counts",
    args: ["-on-error=abort", "-on-error=cleanup"],
    want: { "on-error": "cleanup" },
  },
  { name: "config types ignore case", args: ["-config-type=HCL2"], want: { "config-type": "hcl2" } },
  { name: "integers are Go's", args: ["-parallel-builds=0x1_0"], want: { "parallel-builds": 16 } },
])("$name", ({ args, want, rest = [] }) => {
  const parsed = parseFlags(table, args);
  expect(parsed).toMatchObject({ ok: true, values: want, positionals: rest });
});

test("a variable is split at the first =, and its last value counts", () => {
  const parsed = parseFlags(table, ["-var", "a=1=2", "-var=b=", "-var", "a=3"]);
  expect(parsed.ok && [...parsed.values.var]).toEqual([
    ["a", "3"],
    ["b", ""],
  ]);
});

test.each([
  { args: ["-x"], message: "flag provided but not defined: -x" },
  { args: ["--x=1"], message: "flag provided but not defined: -x" },
  { args: ["-constructor"], message: "flag provided but not defined: -constructor" },
  { args: ["---force"], message: "bad flag syntax: ---force" },
  { args: ["-=1"], message: "bad flag syntax: -=1" },
  { args: ["-var"], message: "flag needs an argument: -var" },
  { args: ["-color=maybe"], message: 'invalid boolean value "maybe" for -color: parse error' },
  { args: ["-parallel-builds", "x"], message: 'invalid value "x" for flag -parallel-builds: parse error' },
  {
    args: ["-parallel-builds=99999999999999999999"],
    message: 'invalid value "99999999999999999999" for flag -parallel-builds: value out of range',
  },
  { args: ["-on-error=x"], message: 'invalid value "x" for flag -on-error: expected one of ["cleanup" "abort"]' },
  { args: ["-var", "foo"], message: `invalid value "foo" for flag -var: No '=' value in arg: foo` },
  {
    args: ["-config-type=x"],
    message: 'invalid value "x" for flag -config-type: x does not belong to configType values',
  },
])("$args is refused", ({ args, message }) => expect(parseFlags(table, args)).toEqual({ ok: false, message }));
