import { chmod } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { Workplace } from "./testing/run-ingot.js";

interface Case {
  readonly name: string;
  readonly template: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What must be in the output: the message, its place, what to do. */
  readonly says: readonly (string | RegExp)[];
  /** What may be left in the folder besides the template. */
  readonly leaves?: readonly string[];
}

const build = (source: string, rest = ""): string => `${source}\nbuild {\n  sources = ["source.null.x"]\n${rest}}\n`;
const NULL = 'source "null" "x" { communicator = "none" }';
const fragile = (options: string, rest = ""): string =>
  `source "fragile" "x" {\n  ${options}\n}\nbuild {\n  sources = ["source.fragile.x"]\n${rest}}\n`;

const cases: readonly Case[] = [
  {
    name: "syntax error",
    template: 'source "null" "x" {\n  communicator = \n}\n',
    says: ["Error: Invalid expression", "on main.pkr.hcl line 2", "   2:   communicator = "],
  },
  {
    name: "unknown block",
    template: 'vriable "x" {}\n',
    says: ["Error: Unsupported block type", 'on main.pkr.hcl line 1, in vriable "x":', "   1: vriable", "Did you mean"],
  },
  {
    name: "unknown source type",
    template: build('source "nul" "x" {}').replace("source.null.x", "source.nul.x"),
    says: ["Error: Unknown source type nul", /on main\.pkr\.hcl line \d/, 'Did you mean to use "null"?'],
  },
  {
    name: "unknown provisioner without a similar one, so perhaps a plugin that is missing",
    template: build(NULL, '  provisioner "chef-solo" {}\n'),
    says: [
      'Error: Unknown provisioner type "chef-solo"',
      '   4:   provisioner "chef-solo" {}',
      "INGOT_PLUGIN_PATH",
      "ingot-plugin-chef",
    ],
  },
  {
    name: "wrong option",
    template: build(NULL, '  provisioner "shell-local" {\n    inlin = ["true"]\n  }\n'),
    says: [
      "Error: Unsupported argument",
      "on main.pkr.hcl line 5, in build:",
      "   5:     inlin",
      'Did you mean "inline"?',
    ],
  },
  {
    name: "missing required option",
    template: build('source "file" "x" {\n}').replace("source.null.x", "source.file.x"),
    says: [/target/, "on main.pkr.hcl line 1", '   1: source "file" "x" {'],
  },
  {
    name: "wrong type of an option",
    template: fragile('count = "many"'),
    says: ["Error: ", "on main.pkr.hcl line 2", '   2:   count = "many"', /number/],
  },
  {
    name: "unknown variable",
    template: build(NULL, '  provisioner "shell-local" {\n    inline = [var.nope]\n  }\n'),
    says: ["Error: ", "on main.pkr.hcl line 5", "   5:     inline = [var.nope]"],
  },
  {
    name: "unset variable",
    template: `variable "region" {}\n${build(NULL)}`,
    says: ['Error: Unset variable "region"'],
  },
  { name: "undeclared -var", template: build(NULL), args: ["-var", "a=b"], says: ["Error: Undefined -var variable"] },
  {
    name: "cycle of locals",
    template: `locals {\n  a = local.b\n  b = local.a\n}\n${build(NULL)}`,
    says: ["Error: ", /[Cc]ycle/, "local.a"],
  },
  {
    name: "missing variable file",
    template: build(NULL),
    args: ["-var-file=nope.pkrvars.hcl"],
    says: ["Error: ", "nope.pkrvars.hcl"],
  },
  { name: "no build", template: NULL, says: ["Error: ", /build/] },
  { name: "a selection of nothing", template: build(NULL), args: ["-only=other"], says: ["Error: No builds to run"] },
  {
    name: "plugin that ends at its start",
    template: fragile(""),
    env: { FRAGILE_START: "exit" },
    says: ["Error: Failed to load source type", "fragile", "exit status 3", "no licence found", "Command: "],
  },
  {
    name: "plugin that dies in prepare",
    template: fragile('die = "prepare"'),
    says: ["Error: ", "on main.pkr.hcl line 1", '   1: source "fragile" "x" {', "SIGKILL"],
  },
  {
    name: "data source that fails",
    template: `data "fragile" "d" {\n  fail = "execute"\n}\n${build(NULL)}`,
    says: ["Error: ", "failed in execute", "on main.pkr.hcl line 1"],
  },
  {
    name: "plugin that dies in a data source",
    template: `data "fragile" "d" {\n  die = "execute"\n}\n${build(NULL)}`,
    says: ["Error: ", "SIGKILL"],
  },
  {
    name: "builder that dies",
    template: fragile('die = "run"'),
    says: ["Build 'fragile.x' errored after", "SIGKILL"],
    leaves: ["removed.txt"],
  },
  {
    name: "provisioner that dies",
    template: build(NULL, '  provisioner "fragile" {\n    die = "provision"\n  }\n'),
    says: ["Build 'null.x' errored after", "SIGKILL", "Running the cleanup provisioner"],
  },
  {
    name: "post-processor that dies",
    template: build(NULL, '  post-processor "fragile" {\n    die = "post-process"\n  }\n'),
    says: ["Build 'null.x' errored after", "Post-processor failed: ", "SIGKILL"],
  },
  {
    name: "builder that dies at its end",
    template: fragile('die = "end"'),
    says: ["Build 'fragile.x' errored after", "SIGKILL"],
    leaves: ["removed.txt"],
  },
  {
    name: "journal that can't be written",
    template: build(NULL, '  provisioner "shell-local" { inline = ["touch started.txt"] }\n'),
    env: { INGOT_STATE_DIR: "main.pkr.hcl" },
    says: ["Build 'null.x' errored after", "The journal of this run can't be written (ENOTDIR", "INGOT_STATE_DIR"],
  },
  {
    name: "legacy JSON template without builders",
    template: build(NULL),
    args: ["-var", "a=b", "old.json"],
    says: ["Error: ", /builder/],
    leaves: ["old.json"],
  },
];

test.each(cases)(
  "$name: says where, why and what to do, and leaves nothing",
  async ({ template, args = [], env = {}, says, leaves = [] }) => {
    await using place = await Workplace.make({
      "main.pkr.hcl": template,
      ...(leaves.includes("old.json") ? { "old.json": "{}" } : {}),
    });
    const path = args.some((arg) => arg.endsWith(".json")) ? [] : ["main.pkr.hcl"];
    const { status, stdout, stderr } = await place.run(["build", ...args, ...path], env);
    for (const text of says) {
      if (typeof text === "string") expect(stdout).toContain(text);
      else expect(stdout).toMatch(text);
    }
    expect(stdout).not.toMatch(/^\s+at .*[(:]\d+:\d+\)?$/m);
    expect(stdout).not.toContain("bug:");
    expect(stderr).toBe("");
    expect(status).toBe(1);
    expect(await place.processes()).toEqual([]);
    expect(await place.files()).toEqual(["main.pkr.hcl", ...leaves].sort());
  },
);

test("an unreadable template file is named", async () => {
  await using place = await Workplace.make({ "main.pkr.hcl": "" });
  await chmod(path.join(place.folder, "main.pkr.hcl"), 0);
  const { status, stdout } = await place.run(["build", "missing.pkr.hcl"]);
  expect(stdout).toContain("missing.pkr.hcl: no such file or directory");
  expect(status).toBe(1);
});

test.each([
  { args: ["build"], says: "Usage: ingot build", reason: "A template is missing.\n" },
  { args: ["build", "a", "b"], says: "Usage: ingot build", reason: "There must be one template only: a b\n" },
  { args: ["build", "-nope", "a"], says: "flag provided but not defined: -nope\nUsage: ingot build" },
  { args: ["build", "nope"], says: '"nope": stat nope: no such file or directory\n' },
  {
    args: ["build", "-json-into=/nope/x", "main.pkr.hcl"],
    says: "Error: ENOENT: no such file or directory, open '/nope/x'\n",
  },
])("$args is refused with one clear text", async ({ args, says, reason = "" }) => {
  await using place = await Workplace.make({ "main.pkr.hcl": build(NULL) });
  const { status, stdout, stderr } = await place.run(args);
  expect(stdout).toContain(says);
  expect(stderr).toBe(reason);
  expect(status).toBe(1);
});

test("an empty name of a template is not the folder where one is", async () => {
  await using place = await Workplace.make({ "a.pkr.hcl": "locals {}\n" });
  expect(await place.run(["validate", ""])).toMatchObject({
    status: 1,
    stdout: "The name of the template is empty.\n",
  });
});
