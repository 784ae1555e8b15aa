// Shows every template below a folder to a real Packer and to Ingot with `inspect`, and counts what is the same.
//   node scripts/compare-inspect.mjs PACKER FOLDER [-v]
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { problemsIn, runPacker } from "./record/packer-process.mjs";

const AT_ONCE = 3;
const INGOT = fileURLToPath(new URL("../packages/cli/bin/ingot.js", import.meta.url));
const [packer, folder, verbose] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: compare-inspect.mjs PACKER FOLDER [-v]");

const place = mkdtempSync(path.join(tmpdir(), "inspect-"));
const waiting = [...templatesBelow(path.resolve(folder))];
/** `moreLocals`: only locals differ, which we evaluate after a failure too. `duplicates`: both report names that are defined twice. */
const counts = { same: 0, moreLocals: 0, duplicates: 0, different: 0 };
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await compare(one);
  }),
);
rmSync(place, { recursive: true, force: true });
console.log(JSON.stringify(counts));

/** Folders with HCL templates, and JSON files. */
function* templatesBelow(at) {
  const entries = readdirSync(at, { withFileTypes: true });
  if (entries.some(({ name }) => /\.pkr\.(hcl|json)$/.test(name))) yield at;
  for (const entry of entries) {
    const inner = path.join(at, entry.name);
    if (entry.isDirectory()) yield* templatesBelow(inner);
    else if (/(?<!\.pkr|\.pkrvars)\.json$/.test(entry.name)) yield inner;
  }
}

async function compare(template) {
  const common = { command: ["inspect", template], input: undefined, work: place, home: place };
  const [theirs, ours] = await Promise.all([
    runPacker({ ...common, packer }),
    runPacker({ ...common, packer: process.execPath, command: [INGOT, "inspect", template] }),
  ]);
  const [wanted, got] = [theirs, ours].map(comparable);
  if (wanted === got) counts.same++;
  else if (withoutLocals(wanted) === withoutLocals(got)) counts.moreLocals++;
  else if ([wanted, got].every((text) => /^(?:line \d+: )?Duplicate /m.test(text))) counts.duplicates++;
  else {
    counts.different++;
    console.log(template);
    if (verbose) console.log(firstDifference(wanted, got));
  }
}

function comparable({ status, output }) {
  // Some problems are reported twice there.
  const problems = [...new Set(problemsIn(output))];
  const text = problems.length > 0 ? problems.sort().join("\n") : output;
  const steady = text
    // In no order there.
    .replace(/(Required variables:\n\n)((?: {2}.*\n)+)/, (_, head, names) => head + names.split("\n").sort().join("\n"))
    .replace(/\d{6}-\d{6}|\d\d:\d\d:\d\d/g, "TIME")
    .replace(/\d{4}-?\d\d-?\d\d[T ]?\d\d:?\d\d:?\d\dZ?|\d{14}/g, "TIME")
    .replace(/\d{4}-\d\d-\d\dT\d\d\S*/g, "TIME")
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "UUID");
  return `${steady}\nstatus ${status}`;
}

function withoutLocals(text) {
  return text.replace(/^local\..*\n/gm, "");
}

function firstDifference(wanted, got) {
  const [a, b] = [wanted.split("\n"), got.split("\n")];
  const at = a.findIndex((line, index) => line !== b[index]);
  return `  - ${(a[at] ?? "").slice(0, 300)}\n  + ${(b[at] ?? "").slice(0, 300)}`;
}
