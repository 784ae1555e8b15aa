// Builds each template of packages/cli/testdata/builds with the reference and with Ingot, and shows every difference between the two.
//   node scripts/compare-builds.mjs PACKER_BINARY [NAME…]            compares both now
//   node scripts/compare-builds.mjs --record PACKER_BINARY [NAME…]   also keeps what the reference gave, for the tests
// Run `npx tsc -b && node scripts/bundle.mjs` before.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildForComparison, goldenFile, readComparedBuilds } from "../packages/cli/dist/testing/compared-build.js";

const records = process.argv[2] === "--record";
const [packer, ...names] = process.argv.slice(records ? 3 : 2);
if (packer === undefined) throw new Error("usage: node scripts/compare-builds.mjs [--record] PACKER_BINARY [NAME…]");
const ingot = fileURLToPath(new URL("../packages/cli/bin/ingot.js", import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), "compare-builds-"));
const cases = (await readComparedBuilds()).filter(({ name }) => names.length === 0 || names.includes(name));
let [different, explained] = [0, 0];
try {
  for (const compared of cases) {
    const [wanted, got] = await Promise.all([
      buildForComparison(compared, { command: [packer], env: {} }),
      buildForComparison(compared, { command: [process.execPath, ingot], env: {} }),
    ]);
    if (records) writeFileSync(goldenFile(compared, "reference"), wanted);
    if (wanted === got) {
      if (compared.differs !== undefined) console.log(`--- ${compared.name} does not differ any more`);
      continue;
    }
    if (compared.differs !== undefined) {
      explained++;
      if (records) writeFileSync(goldenFile(compared, "ingot"), got);
      continue;
    }
    different++;
    console.log(`--- ${compared.name}\n${differences(wanted, got)}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`${cases.length} templates, ${explained} with explained differences, ${different} with others`);
process.exitCode = different === 0 ? 0 : 1;

/** What `diff` says: `-` is the reference, `+` is Ingot. */
function differences(wanted, got) {
  const files = ["reference", "ingot"].map((name) => path.join(folder, name));
  writeFileSync(files[0], wanted);
  writeFileSync(files[1], got);
  try {
    return execFileSync("diff", ["-U1", ...files], { encoding: "utf8" });
  } catch (error) {
    return error.stdout.split("\n").slice(2).join("\n");
  }
}
