import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, jest, test } from "@jest/globals";
import { evaluateTemplate, parseTemplate, selectBuilds } from "@ingot/template";
import { fileWorld } from "./commands/file-world.js";
import { COMMANDS } from "./commands/registry.js";
import type { Console, TextOutput } from "./console.js";
import { parseFlags } from "./flags/parse-flags.js";
import { sharedFlags } from "./flags/shared-flags.js";
import { readProblems } from "./testing/read-problems.js";

/**
 * Templates, with what Packer 1.16.0 says to them, recorded by scripts/record/packer-templates.mjs. The program runs in this process,
 * with the plugins that come with it. Where we say something else on purpose, NAME.ours has it.
 */
const FOLDER = fileURLToPath(new URL("../testdata/templates", import.meta.url));
const INSTALLED = fileURLToPath(new URL("../dist/bundle/", import.meta.url));
const names = readdirSync(FOLDER).flatMap((name) => (name.endsWith(".txt") ? [name.slice(0, -4)] : []));
const root = mkdtempSync(path.join(tmpdir(), "templates-"));
jest.setTimeout(60_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** One command and what came of it. Problems count as a set: their order is not defined where the reference loops over maps. */
interface Section {
  readonly command: string;
  readonly text: readonly string[];
  readonly problems: readonly string[];
}

describe("as Packer 1.16 sees them", () => {
  test.each(names)("%s", async (name) => {
    const [head = "", ...rest] = readFileSync(path.join(FOLDER, `${name}.txt`), "utf8").split(/^-- (.*) --\n/m);
    const folder = mkdtempSync(path.join(root, "t"));
    for (let at = 0; at < rest.length; at += 2) writeFileSync(path.join(folder, rest[at] ?? ""), rest[at + 1] ?? "");
    const commands = head.split("\n").flatMap((line) => (line.startsWith("> ") ? [line.slice(2)] : []));
    const sections: Section[] = [];
    for (const command of commands) {
      const output = await run(command.split(" "), folder);
      sections.push(sectionOf(command, output.replaceAll(folder, "/work")));
    }
    const ours = sections.map(sectionText).join("\n");
    // For writing NAME.ours: what we say, after the reason.
    const folderForOurs = process.env["WRITE_OURS_TO"];
    if (folderForOurs !== undefined) writeFileSync(path.join(folderForOurs, `${name}.ours`), ours);
    expect(ours).toBe(wanted(name));
  });
});

function wanted(name: string): string {
  const own = path.join(FOLDER, `${name}.ours`);
  // The first line says why it differs.
  if (existsSync(own)) return readFileSync(own, "utf8").replace(/^#.*\n/, "");
  const golden = readFileSync(path.join(FOLDER, `${name}.golden`), "utf8");
  const sections = golden.split(/^\$ (.*)\n/m).slice(1);
  const read: Section[] = [];
  for (let at = 0; at < sections.length; at += 2)
    read.push(
      sectionOf(sections[at] ?? "", (sections[at + 1] ?? "").replace(/\n$/, at + 2 < sections.length ? "" : "\n")),
    );
  return read.map(sectionText).join("\n");
}

function sectionOf(command: string, output: string): Section {
  const problems = readProblems(output.replace(/(?:exit \d+\n|The configuration is valid\.\n)+$/, "")).map(comparable);
  const end =
    problems.length === 0 ? output : (/((?:exit \d+\n|The configuration is valid\.\n)+)$/.exec(output)?.[0] ?? "");
  return { command, text: end.split("\n").filter((line) => line !== ""), problems: [...problems].sort() };
}

/** Without what has no fixed order, an empty place, and the advice for unknown components, which is the program's own. */
function comparable(problem: string): string {
  return problem
    .replace(/^:0: /, "")
    .replace(/(Cycle: )((?:\S+, )*\S+)/, (_, word: string, names: string) => word + names.split(", ").sort().join(", "))
    .replace(
      /^(.*Unknown (?:source|data|provisioner|error-cleanup-provisioner|post-processor) type .*?);(?! Did you).*$/,
      "$1",
    );
}

function sectionText({ command, text, problems }: Section): string {
  return [`$ ${command}`, ...problems, ...text, ""].join("\n");
}

async function run(words: readonly string[], folder: string): Promise<string> {
  const settings = words.filter((word) => /^PKR_VAR_\w+=/.test(word));
  const [command = "", ...args] = words.slice(settings.length);
  const out: string[] = [];
  const stream: TextOutput = { write: (text) => void out.push(text), isTerminal: false, columns: 80 };
  const console: Console = {
    env: {
      ...{ PATH: process.env["PATH"], HOME: root },
      ...Object.fromEntries(settings.map((setting) => setting.split(/=(.*)/s) as [string, string])),
    },
    ...{ workingDirectory: folder, installFolder: INSTALLED, stdout: stream },
    stderr: { ...stream, write: () => undefined },
    readInput: () => Promise.resolve(new Uint8Array()),
  };
  if (command === "builds") return await buildNames(args, console);
  const { runCommand } = await COMMANDS[command === "inspect" ? "inspect" : "validate"].load();
  const status = await runCommand({ args, console, machineReadable: false });
  return `${out.join("")}exit ${status}\n`;
}

/** The names of the builds that would run. */
async function buildNames(args: readonly string[], console: Console): Promise<string> {
  const flags = parseFlags(sharedFlags(), args);
  if (!flags.ok) throw new Error(flags.message);
  const world = fileWorld(console);
  const { template } = parseTemplate({ path: flags.positionals[0] ?? "", world }).value;
  const dataSources = {
    describe: () => Promise.resolve(undefined),
    names: () => Promise.resolve([]),
    execute: () => Promise.reject(new Error("bug: no data sources here")),
  };
  const evaluated =
    template && (await evaluateTemplate(template, { world, dataSources, executeDataSources: true })).value;
  const selected = evaluated ? selectBuilds(evaluated, flags.values).value : [];
  // The reference's machine-readable output, from which the names come, has one entry for builds of the same name.
  return [...new Set(selected.map(({ name }) => `${name}\n`))].sort().join("");
}
