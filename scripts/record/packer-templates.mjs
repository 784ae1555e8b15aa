// Asks a real Packer what it says to every template of packages/cli/testdata/templates, and writes that beside them as NAME.golden.
//   node scripts/record/packer-templates.mjs PACKER [NAME…]
// A template is a text: lines `> [PKR_VAR_NAME=VALUE…] COMMAND ARGUMENTS`, then its files, each after a line `-- NAME --`. The command `builds` stands for
// the names of the builds that would run.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { runPacker } from "./packer-process.mjs";

const AT_ONCE = 3;
const FOLDER = fileURLToPath(new URL("../../packages/cli/testdata/templates", import.meta.url));

const [packer, ...names] = process.argv.slice(2);
if (packer === undefined) throw new Error("usage: packer-templates.mjs PACKER [NAME...]");

const all = readdirSync(FOLDER).filter((name) => name.endsWith(".txt"));
const waiting = names.length === 0 ? all : names.map((name) => `${name}.txt`);
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await record(name);
  }),
);

async function record(name) {
  const [head, ...rest] = readFileSync(path.join(FOLDER, name), "utf8").split(/^-- (.*) --\n/m);
  const root = mkdtempSync(path.join(tmpdir(), "template-"));
  const work = path.join(root, "work");
  const home = path.join(root, "home");
  for (const folder of [work, home]) mkdirSync(folder);
  for (let at = 0; at < rest.length; at += 2) writeFileSync(path.join(work, rest[at]), rest[at + 1]);
  const sections = [];
  for (const line of head.split("\n").filter((one) => one.startsWith("> "))) {
    const words = line.slice(2).split(" ");
    const settings = words.filter((word) => /^PKR_VAR_\w+=/.test(word));
    const [command, ...args] = words.slice(settings.length);
    const isBuilds = command === "builds";
    const { status, output } = await runPacker({
      ...{ packer, work, home, input: undefined },
      env: Object.fromEntries(settings.map((setting) => setting.split(/=(.*)/s))),
      command: isBuilds ? ["build", "-machine-readable", ...args] : [command, ...args],
    });
    const text = isBuilds ? buildNames(output) : output.replaceAll(work, "/work").replaceAll(home, "/home/me");
    sections.push(`$ ${line.slice(2)}\n${text}${isBuilds ? "" : `exit ${status}\n`}`);
  }
  rmSync(root, { recursive: true, force: true });
  writeFileSync(path.join(FOLDER, name.replace(/txt$/, "golden")), sections.join("\n"));
}

/** The targets of artifacts and errors. */
function buildNames(output) {
  const names = [...output.matchAll(/^\d+,([^,]+),(?:artifact-count|error),/gm)].map(([, name]) => name);
  return names
    .sort()
    .map((name) => `${name}\n`)
    .join("");
}
