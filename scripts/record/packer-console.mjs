// Asks a real Packer what it answers to every expression of packages/template/testdata/console.json, and writes the answers there.
//   node scripts/record/packer-console.mjs PACKER [NEW-EXPRESSIONS]
// NEW-EXPRESSIONS is a file with one expression per line: these are added, and the others left alone. An entry's other members, such as
// `differs`, stay.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { problemsIn, runPacker } from "./packer-process.mjs";

const AT_ONCE = 3;
const DATA = fileURLToPath(new URL("../../packages/template/testdata/console.json", import.meta.url));
const FIXTURE = fileURLToPath(new URL("../../packages/template/testdata/console", import.meta.url));

const [packer, additions] = process.argv.slice(2);
if (packer === undefined) throw new Error("usage: packer-console.mjs PACKER [NEW-EXPRESSIONS]");

const entries = read(DATA);
if (additions !== undefined) {
  const known = new Set(entries.map(({ expression }) => expression));
  for (const expression of readFileSync(additions, "utf8").split("\n"))
    if (expression !== "" && !known.has(expression)) entries.push({ expression });
}
const root = mkdtempSync(path.join(tmpdir(), "console-"));
try {
  const isNew = ({ value, problems }) => value === undefined && problems === undefined;
  const waiting = [...entries.keys()].filter((at) => additions === undefined || isNew(entries[at]));
  const worker = async () => {
    for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) entries[at] = await record(entries[at]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
} finally {
  rmSync(root, { recursive: true, force: true });
}
writeFileSync(DATA, `[\n${entries.map((entry) => `  ${JSON.stringify(entry)}`).join(",\n")}\n]\n`);

function read(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
}

async function record({ expression, value, problems, ...rest }) {
  void [value, problems]; // replaced
  const place = mkdtempSync(path.join(root, "x"));
  const home = path.join(place, "home");
  const work = path.join(place, "work");
  mkdirSync(home);
  mkdirSync(work);
  const clean = (text) => text.replaceAll(work, "/work").replaceAll(home, "/home/me");
  const ask = (command, input) => runPacker({ packer, command, input, work, home });
  const answer = expression.includes("\n") ? await askInTemplate() : await askOnLine();
  rmSync(place, { recursive: true, force: true });
  return { expression, ...answer, ...rest };

  /** An expression of one line goes through the console, with the variables of the fixture. */
  async function askOnLine() {
    cpSync(FIXTURE, work, { recursive: true });
    const { output } = await ask(["console", "."], expression);
    const found = problemsIn(clean(output));
    return found.length > 0 ? { problems: found } : { value: clean(output).replace(/\n$/, "") };
  }

  /** An expression of several lines has to stand in a template. */
  async function askInTemplate() {
    writeFileSync(
      path.join(work, "it.pkr.hcl"),
      readFileSync(path.join(FIXTURE, "../console-lines.txt"), "utf8").replace("EXPRESSION", () => expression),
    );
    const checked = await ask(["validate", "."], "");
    const found = problemsIn(clean(checked.output));
    if (found.length > 0) return { problems: found };
    return { value: clean((await ask(["console", "."], "local.it")).output).replace(/\n$/, "") };
  }
}
