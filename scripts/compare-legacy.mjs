// Compares what we make of legacy JSON templates with what a given packer makes of them: the verdict and the message of
// `validate -syntax-only`, the text of `fix`, and the text of `hcl2_upgrade`, plain and annotated.
//   npm run build && node scripts/compare-legacy.mjs PACKER FOLDER [PART...]
// PART is "parse", "fix" or "upgrade"; all by default. Prints each difference and exits with 1 when there is one. With --write-golden, packer's status and
// text (of `hcl2_upgrade` the annotated one) are written to NAME.golden beside NAME.json: so the fixtures of packages/template were made.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  checkFixedTemplate,
  evaluateLegacyTemplate,
  fixTemplate,
  parseLegacyTemplate,
  upgradeHeader,
  upgradeTemplate,
} from "../packages/template/dist/index.js";

const args = process.argv.slice(2);
const writesGolden = args.includes("--write-golden");
const [packer, folder, ...wanted] = args.filter((arg) => !arg.startsWith("--"));
if (packer === undefined || folder === undefined) {
  console.error("Usage: node scripts/compare-legacy.mjs PACKER FOLDER [parse|fix|upgrade...] [--write-golden]");
  process.exit(2);
}
const parts = wanted.length > 0 ? wanted : ["parse", "fix", "upgrade"];
const home = mkdtempSync(path.join(tmpdir(), "compare-legacy-"));
const env = { PATH: process.env.PATH, HOME: home, CHECKPOINT_DISABLE: "1", PACKER_NO_COLOR: "1" };
const world = {
  env: { ...env },
  workingDirectory: folder,
  readFile: (file) => readFileSync(path.resolve(folder, file)),
  listFolder: () => undefined,
  isFile: () => false,
  now: () => 0,
};

const count = { files: 0, crashes: 0, parse: 0, fix: 0, upgrade: 0 };
try {
  for (const file of templatesIn(folder)) {
    count.files += 1;
    if (parts.includes("parse")) compare(file, "parse", runPacker(["validate", "-syntax-only", file]), parse(file));
    if (parts.includes("fix")) compare(file, "fix", runPacker(["fix", file]), fix(file));
    if (parts.includes("upgrade"))
      for (const annotate of [false, true])
        compare(file, "upgrade", packerUpgrade(file, annotate), upgrade(file, annotate));
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}
console.log(
  `${count.files} files; different: ${parts.map((part) => `${part} ${count[part]}`).join(", ")}; packer crashed ${count.crashes} times`,
);
process.exitCode = parts.some((part) => count[part] > 0) ? 1 : 0;

function templatesIn(root) {
  return readdirSync(root, { recursive: true })
    .filter((name) => name.endsWith(".json") && !/\.pkr\.json$|pkrvars\.json$/.test(name))
    .filter((name) => statSync(path.join(root, name)).isFile())
    .sort();
}

function writeGolden(file, { status, text }) {
  writeFileSync(path.join(folder, file.replace(/\.json$/, ".golden")), `status ${status}\n${text}`);
}

function runPacker(args) {
  try {
    return {
      status: 0,
      text: execFileSync(packer, args, { cwd: folder, env, stdio: ["ignore", "pipe", "ignore"] }).toString(),
    };
  } catch (error) {
    return { status: error.status, text: error.stdout.toString() };
  }
}

function compare(file, part, theirs, ours) {
  if (writesGolden) writeGolden(file, theirs);
  // It crashes on some; we give an ordinary error there.
  if (theirs.status === 2) {
    count.crashes += 1;
    return;
  }
  if (theirs.status === ours.status && withSortedItems(theirs.text) === withSortedItems(ours.text)) return;
  count[part] += 1;
  console.log(`--- ${file}: ${part}, status ${theirs.status} and ${ours.status}`);
  const [a, b] = [theirs.text.split("\n"), ours.text.split("\n")];
  const at = a.findIndex((line, index) => line !== b[index]);
  if (at >= 0 || a.length !== b.length) console.log(`line ${at + 1}\n  packer ${a[at] ?? ""}\n  ingot  ${b[at] ?? ""}`);
}

/** Packer lists entries of one object in random order. */
function withSortedItems(text) {
  return text.replace(/(?:\t\* .*\n)+/g, (items) => items.split("\n").sort().join("\n"));
}

function parse(file) {
  const { diagnostics } = parseLegacyTemplate({ path: file, world });
  if (diagnostics.length > 0) return { status: 1, text: diagnostics.map(({ summary }) => `${summary}\n`).join("") };
  return { status: 0, text: "Syntax-only check passed. Everything looks okay.\n" };
}

function fix(file) {
  const { value, diagnostics } = fixTemplate(world.readFile(file));
  if (value === undefined) return { status: 1, text: diagnostics.map(({ summary }) => `${summary}\n`).join("") };
  const problem = checkFixedTemplate(value);
  return problem === undefined ? { status: 0, text: `${value}\n` } : { status: 1, text: `${value}\n${problem}\n` };
}

function packerUpgrade(file, annotate) {
  const output = path.join(home, "upgraded.pkr.hcl");
  writeFileSync(output, "");
  const flags = annotate ? ["-with-annotations"] : [];
  const { status, text } = runPacker(["hcl2_upgrade", `-output-file=${output}`, ...flags, file]);
  const messages = text.replace(/Successfully created.*\n/, "");
  return { status, text: `${messages}${readFileSync(output, "utf8")}` };
}

function upgrade(file, annotate) {
  const header = upgradeHeader({ annotate });
  const { value, diagnostics } = parseLegacyTemplate({ path: file, world });
  if (value.template === undefined) {
    const messages = [...diagnostics.map(({ summary }) => summary), "Failed to get config from JSON"];
    return { status: 1, text: `${messages.join("\n")}\n${header}` };
  }
  const [first] = evaluateLegacyTemplate(value.template, { world, only: [], except: [] }).diagnostics;
  const warning = first?.summary === "" ? `Ignoring following initialization error: <nil>: ; ${first.detail}\n` : "";
  const { text, problems } = upgradeTemplate(value.template.template, { annotate });
  const messages = problems.map((problem) => `Ignoring following ${problem}\n`).join("");
  return { status: problems.length > 0 ? 1 : 0, text: `${warning}${messages}${header}${text}` };
}
