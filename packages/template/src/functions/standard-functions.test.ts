import { beforeAll, describe, expect, test } from "@jest/globals";
import { evaluate, parseExpressionText, SourceFile, type FunctionTable } from "@ingot/hcl";
import { renderValue } from "../render-value.js";
import { memoryWorld } from "../testing.js";
import { loadFunctionLibraries } from "./function-libraries.js";
import { standardFunctions } from "./standard-functions.js";

let functions: FunctionTable = new Map();

beforeAll(async () => {
  const world = memoryWorld(
    {
      "a.txt": "text",
      "bad.bin": new Uint8Array([0xff, 0xfe]),
      "t.tpl": "Hello ${name}!%{ for x in list } ${x}%{ endfor }\n",
      "wrap.tpl": "${list}",
      "self.tpl": '${templatefile("t.tpl", {})}',
      "unknown.tpl": "Hello ${nope}",
      "scripts/one.sh": "",
      "scripts/two.sh": "",
      "scripts/sub/three.sh": "",
      "scripts/.hidden.sh": "",
      "scripts/notes.md": "",
    },
    { HOME: "/home/me" },
  );
  functions = standardFunctions({ world, libraries: await loadFunctionLibraries() });
});

/** What the console would say: the value, or the problem in one line. */
function run(expression: string): string {
  const file = new SourceFile("<console-input>", expression);
  const parsed = parseExpressionText({ filename: "<console-input>", source: expression });
  const outcome = evaluate(parsed.value, file, { functions, variables: new Map() });
  const [problem] = [...parsed.diagnostics, ...outcome.diagnostics];
  if (problem === undefined) return renderValue(outcome.value);
  return `error: ${problem.summary} ${problem.detail}`.replace(/\s+/g, " ").trim();
}

test("there are as many functions as the reference has", () => expect(functions.size).toBe(103));

/** console-answers.test.ts has many more. */
describe("functions of time, chance and long ago", () => {
  test.each([
    ['alltrue([true,"true"])', "true"],
    ["alltrue([])", "true"],
    ["alltrue([true,null])", "false"],
    ["anytrue([])", "false"],
    ["anytrue([false,true])", "true"],
    ['anytrue(["x"])', 'error: Invalid function argument Invalid value for "list" parameter: a bool is required.'],
    ['startswith("abc","ab")', "true"],
    ['endswith("abc","")', "true"],
    ['strcontains("abc","b")', "true"],
    ['sum([1,2.5,"3"])', "6.5"],
    ["sum([])", 'error: Invalid function argument Invalid value for "list" parameter: cannot sum an empty list.'],
    ["sum(5)", 'error: Invalid function argument Invalid value for "list" parameter: cannot sum noniterable.'],
    [
      "sum({})",
      'error: Invalid function argument Invalid value for "list" parameter: argument must be list, set, or tuple. Received object.',
    ],
    [
      'sum(["x"])',
      'error: Invalid function argument Invalid value for "list" parameter: argument must be list, set, or tuple of number values.',
    ],
    ['index(["a","b"],"b")', "1"],
    ['textencodebase64("é","ISO-8859-1")', "6Q=="],
    ['textencodebase64("Hi","UTF-16LE")', "SABpAA=="],
    ['textdecodebase64("6Q==","latin1")', "é"],
    ['textdecodebase64("SABpAA==","UTF-16LE")', "Hi"],
    ['textencodebase64("日","Shift_JIS")', "k/o="],
    [
      'textencodebase64("日","ISO-8859-1")',
      'error: Invalid function argument Invalid value for "string" parameter: the given string contains characters that cannot be represented in ISO_8859-1:1987.',
    ],
    [
      'textencodebase64("a","utf8")',
      'error: Invalid function argument Invalid value for "encoding" parameter: "utf8" is not a supported IANA encoding name or alias.',
    ],
    ['rfc3339_parse("2023-07-25T23:43:16Z").unix', "1690328596"],
    ['rfc3339_parse("2023-07-25 23:43:16-02:00").hour', "23"],
    ['rfc3339_parse("2021-01-01T00:00:00Z").iso_year', "2020"],
    ['rfc3339_parse("2021-01-01T00:00:00Z").iso_week', "53"],
    [
      'rfc3339_parse("x")',
      'error: Invalid function argument Invalid value for "timestamp" parameter: "x" is not a valid RFC3339 timestamp.',
    ],
    ["unix_timestamp_parse(0).rfc3339", "1970-01-01T00:00:00Z"],
    ['unix_timestamp_parse("-1").year_day', "365"],
    ["timestamp()", "2024-02-29T12:30:45Z"],
    ["legacy_isotime()", "2024-02-29T12:30:45Z"],
    [
      'legacy_isotime("2006-01-02 15:04:05.000 Mon Jan _2 3:04PM MST -0700")',
      "2024-02-29 12:30:45.678 Thu Feb 29 12:30PM UTC +0000",
    ],
    [
      'legacy_isotime("a","b")',
      'error: Error in function call Call to function "legacy_isotime" failed: too many values, 1 needed: "a", "b".',
    ],
    ['legacy_strftime("%Y-%m-%d%L %q %")', "2024-02-29.678 %q %"],
    ['can(regex("(","a"))', "false"],
    ["length(uuidv4())", "36"],
    ['substr(bcrypt("x", 4), 0, 7)', "$2a$04$"],
    [
      'bcrypt("x", 40)',
      'error: Error in function call Call to function "bcrypt" failed: error occured generating password crypto/bcrypt: cost 40 is outside allowed inclusive range 4..31.',
    ],
    ["pow(-8, 1/3)", 'error: Error in function call Call to function "pow" failed: the result is not a number.'],
    [
      'indent(-1, "a")',
      'error: Invalid function argument Invalid value for "spaces" parameter: the number of spaces must not be negative.',
    ],
    [
      "jsonencode(1/0)",
      'error: Error in function call Call to function "jsonencode" failed: cannot serialize infinity as JSON.',
    ],
    ['env("HOME")', 'error: Call to unknown function There is no function named "env".'],
    [
      'vault("a","b")',
      'error: Error in function call Call to function "vault" failed: Must set VAULT_TOKEN env var in order to use vault template function.',
    ],
  ])("%s gives %s", (expression, want) => expect(run(expression)).toBe(want));
});

describe("functions of files", () => {
  test.each([
    ['file("a.txt")', "text"],
    ['file("nope")', 'error: Error in function call Call to function "file" failed: no file exists at /work/nope.'],
    ['filebase64("a.txt")', "dGV4dA=="],
    [
      'filebase64("nope")',
      'error: Error in function call Call to function "filebase64" failed: failed to read file "nope": open nope: no such file or directory.',
    ],
    ['fileexists("a.txt")', "true"],
    ['fileexists("nope")', "false"],
    [
      'fileexists("scripts")',
      'error: Error in function call Call to function "fileexists" failed: /work/scripts is not a regular file, but a directory.',
    ],
    ['join(",", fileset("scripts", "*.sh"))', ".hidden.sh,one.sh,two.sh"],
    ['join(",", fileset("scripts", "**/*.{sh,md}"))', ".hidden.sh,notes.md,one.sh,sub/three.sh,two.sh"],
    ['join(",", fileset("scripts", "[!.]*.sh"))', "one.sh,two.sh"],
    [
      'fileset("scripts", "[")',
      'error: Error in function call Call to function "fileset" failed: failed to glob pattern (/work/scripts/[): syntax error in pattern.',
    ],
    ['pathexpand("~/x")', "/home/me/x"],
    ['abspath("a/../b")', "/work/b"],
    ['templatefile("t.tpl", {name = "you", list = [1, 2]})', "Hello you! 1 2\n"],
    ['length(templatefile("wrap.tpl", {list = [1, 2]}))', "2"],
    [
      'templatefile("t.tpl", {name = "you"})',
      'error: Invalid function argument Invalid value for "vars" parameter: vars map does not contain key "list", referenced at t.tpl:1,27-31.',
    ],
    [
      'templatefile("self.tpl", {})',
      'error: Error in function call Call to function "templatefile" failed: self.tpl:1,3-16: Error in function call; Call to function "templatefile" failed: cannot recursively call templatefile from inside templatefile call..',
    ],
    [
      'templatefile("t.tpl", "x")',
      'error: Invalid function argument Invalid value for "vars" parameter: invalid vars value: must be a map.',
    ],
    [
      'templatefile("t.tpl", {"a b" = 1})',
      'error: Invalid function argument Invalid value for "vars" parameter: invalid template variable name "a b": must start with a letter, followed by zero or more letters, digits, and underscores.',
    ],
  ])("%s gives %s", (expression, want) => expect(run(expression)).toBe(want));

  test("a file that is no text points to filebase64", () =>
    expect(run('file("bad.bin")')).toContain(
      "contents of /work/bad.bin are not valid UTF-8; use the filebase64 function",
    ));
});
