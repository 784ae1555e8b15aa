import { describe, expect, test } from "@jest/globals";
import { load, localX, type LoadOptions, type MemoryFiles } from "./testing.js";

describe("variables", () => {
  const TYPED = `variable "v" {\n  type = string\n  default = "default"\n}\nlocals { x = var.v }`;
  const AUTO = { "a.auto.pkrvars.hcl": `v = "auto hcl"`, "a.auto.pkrvars.json": `{"v": "auto json"}` };
  const ENV = { PKR_VAR_v: "env", PKR_VAR_unknown: "x" };
  const FILES = { "f1.hcl": `v = "f1"`, "f2.json": `{"v": "f2 \${x}"}` };

  test.each([
    { name: "default", options: {}, more: {}, want: "default" },
    { name: "the environment beats the default", options: { env: ENV }, more: {}, want: "env" },
    {
      name: "auto files beat the environment, JSON after native",
      options: { env: ENV },
      more: AUTO,
      want: "auto json",
    },
    {
      name: "-var-file beats auto files, in order",
      options: { variableFiles: ["f1.hcl", "f2.json"] },
      more: { ...AUTO, ...FILES },
      want: "f2 ${x}",
    },
    {
      name: "-var beats everything, the last one wins",
      options: {
        variableFiles: ["f1.hcl"],
        variables: [
          { name: "v", text: "1" },
          { name: "v", text: '"2"' },
        ],
      },
      more: FILES,
      want: '"2"',
    },
  ])("$name", async ({ options, more, want }) => expect(await localX(TYPED, options, more)).toBe(want));

  test.each([
    { type: "number", text: "5", want: 5 },
    { type: "bool", text: "true", want: true },
    { type: "bool", text: '"true"', want: true },
    { type: "list(string)", text: '["a", 1]', want: ["a", "1"] },
    { type: "any", text: '["a"]', want: '["a"]' },
    { type: "map(number)", text: "{a = 1}", want: { a: 1 } },
    { type: "object({a = string, b = optional(number, 3)})", text: "{a = 1}", want: { a: "1", b: 3 } },
  ])("the text $text for $type", async ({ type, text, want }) =>
    expect(
      await localX(`variable "v" { type = ${type} }\nlocals { x = var.v }`, { variables: [{ name: "v", text }] }),
    ).toEqual(want),
  );

  test("without a type the default's type is exact", async () =>
    expect(
      await localX(`variable "v" { default = { a = 1 } }\nlocals { x = var.v }`, {
        variables: [{ name: "v", text: '{a = "2", b = 3}' }],
      }),
    ).toEqual({ a: 2 }));

  test("env works in defaults, and only there", async () => {
    expect(await localX(`variable "v" { default = env("USER") }\nlocals { x = var.v }`, { env: { USER: "me" } })).toBe(
      "me",
    );
    const { lines } = await load(`locals { x = env("USER") }`);
    expect(lines.join()).toContain("Call to unknown function");
  });

  test.each<{ name: string; text: string; options?: LoadOptions; more?: MemoryFiles; want: readonly string[] }>([
    {
      name: "unset",
      text: `variable "v" {}`,
      want: [
        'error: Unset variable "v"; A used variable must be set or have a default value; see https://packer.io/docs/templates/hcl_templates/syntax for details.',
      ],
    },
    {
      name: "bad default",
      text: `variable "v" {\n  type = number\n  default = "x"\n}`,
      want: [
        "error: main.pkr.hcl:3,13-16: Invalid default value for variable; This default value is not compatible with the variable's type constraint: a number is required.",
      ],
    },
    {
      name: "reference in a default",
      text: `variable "v" { default = var.x }`,
      want: ["error: main.pkr.hcl:1,26-29: Variables not allowed; Variables may not be used here."],
    },
    {
      name: "duplicate",
      text: `variable "v" { default = 1 }\nvariables { v = 2 }`,
      want: ["error: main.pkr.hcl:2,13-14: Duplicate variable; Duplicate v variable definition found."],
    },
    {
      name: "bad name",
      text: `variable "1v" {}`,
      want: [
        "error: main.pkr.hcl:1,10-14: Invalid variable name; A name must start with a letter or underscore and may contain only letters, digits, underscores, and dashes.",
      ],
    },
    {
      name: "undeclared -var",
      text: "",
      options: { variables: [{ name: "v", text: "1" }] },
      want: [
        'error: Undefined -var variable; A "v" variable was passed in the command line but was not found in known variables. To declare variable "v", place this block in one of your .pkr files, such as variables.pkr.hcl',
      ],
    },
    {
      name: "wrong -var",
      text: `variable "v" { type = number }`,
      options: { variables: [{ name: "v", text: "x" }] },
      want: [
        "error: Invalid argument value for -var variable; The received arg value for v is not compatible with the variable's type constraint: a number is required.",
      ],
    },
    {
      name: "bare word for a bool",
      text: `variable "v" { type = bool }`,
      options: { env: { PKR_VAR_v: "yes" } },
      want: ["error: <value for var.v from env>:1,1-4: Variables not allowed; Variables may not be used here."],
    },
    {
      name: "wrong value in a file",
      text: `variable "v" { type = number }`,
      options: { variableFiles: ["f.hcl"] },
      more: { "f.hcl": `v = "x"` },
      want: [
        "error: f.hcl:1,5-8: Invalid value for variable; The value for v is not compatible with the variable's type constraint: a number is required.",
      ],
    },
    {
      name: "variable file of unknown format",
      text: "",
      options: { variableFiles: ["f.txt"] },
      want: ["error: Could not guess format of f.txt; A var file must be suffixed with `.hcl` or `.json`."],
    },
    {
      name: "missing variable file",
      text: "",
      options: { variableFiles: ["f.hcl"] },
      want: ['error: Failed to read file; The configuration file "f.hcl" could not be read.'],
    },
    {
      name: "block in a variable file",
      text: "",
      options: { variableFiles: ["f.hcl"] },
      more: { "f.hcl": "a {}\n" },
      want: ['error: f.hcl:1,1-2: Unexpected "a" block; Blocks are not allowed here.'],
    },
  ])("$name", async ({ text, options, more, want }) => {
    const { lines } = await load(text, options, more);
    expect(lines).toEqual(want);
  });

  test("undeclared names in variable files give a warning only when asked", async () => {
    const more = { "f.hcl": "nope = 1\n" };
    expect((await load("", { variableFiles: ["f.hcl"] }, more)).lines).toEqual([]);
    const { template, lines } = await load("", { variableFiles: ["f.hcl"], warnUndeclared: true }, more);
    expect(template).toBeDefined();
    expect(lines[0]).toMatch(/^warning: Undefined variable; The variable "nope" was set but was not declared/);
  });
});

describe("validation of variables", () => {
  const rule = (condition: string, message = "It must fit.") =>
    `variable "v" {\n  default = "abc"\n  validation {\n    condition = ${condition}\n    error_message = "${message}"\n  }\n}`;

  test.each([
    { condition: "length(var.v) == 3", want: [] },
    {
      condition: "length(var.v) == 4",
      want: [
        "error: main.pkr.hcl:2,13-18: Invalid value for default variable; It must fit.\n\nThis was checked by the validation rule at main.pkr.hcl:3,3-13.",
      ],
    },
    {
      condition: "var.w == 1",
      want: [
        'error: main.pkr.hcl:4,17-22: Invalid reference in variable validation; The condition for variable "v" can only refer to the variable itself, using var.v.',
      ],
    },
    {
      condition: "true",
      want: [
        'error: main.pkr.hcl:4,5-21: Invalid variable validation condition; The condition for variable "v" must refer to var.v in order to test incoming values.',
      ],
    },
    {
      condition: "var.v == null ? true : null",
      want: [
        "error: main.pkr.hcl:4,17-44: Invalid variable validation result; Validation condition expression must return either true or false, not null.",
      ],
    },
    {
      condition: "[var.v]",
      want: [
        "error: main.pkr.hcl:4,17-24: Invalid variable validation result; Invalid validation condition result value: bool required.",
      ],
    },
  ])("$condition", async ({ condition, want }) => expect((await load(rule(condition))).lines).toEqual(want));

  test("the message must be a sentence", async () => {
    const { lines } = await load(rule("var.v != null", "bad"));
    expect(lines[0]).toContain(
      "Invalid validation error message; Validation error message must be at least one full sentence",
    );
  });
});
