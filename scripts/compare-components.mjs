// Builds the templates of packages/plugin-core/testdata/compare with a real `packer` and with Ingot, and compares both outputs, the exit
// code and the files made, in text and with -machine-readable. Prints each difference; exits with 1 when there is one.
// Usage: node scripts/compare-components.mjs PACKER_BINARY [--write-golden] [--write-ours] [NAME...]
// --write-golden keeps what packer gave beside the templates: the tests compare with that. Where Ingot differs on purpose, NAME.MODE.ours
// has what it gives, and --write-ours rewrites that; such a case is counted as explained. Build first: npx tsc -b && node scripts/bundle.mjs.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  caseNames,
  goldenOf,
  runCase,
  startCaseServer,
  twoAtATime,
} from "../packages/cli/dist/testing/component-case.js";

const [packer, ...rest] = process.argv.slice(2);
const writesGolden = rest.includes("--write-golden");
const writesOurs = rest.includes("--write-ours");
const chosen = rest.filter((argument) => !argument.startsWith("--"));
const names = chosen.length > 0 ? chosen : caseNames();
const ingot = [process.execPath, join(import.meta.dirname, "../packages/cli/bin/ingot.js")];
if (packer === undefined) {
  console.error("Usage: node scripts/compare-components.mjs PACKER_BINARY [--write-golden] [NAME...]");
  process.exit(2);
}

const { server, port } = await startCaseServer();
const places = mkdtempSync(join(tmpdir(), "compare-"));
let differences = 0;
let explained = 0;
let compared = 0;
await twoAtATime(names, async (name) => {
  for (const mode of ["text", "machine"]) {
    const want = await runCase(name, { program: [packer], mode, port });
    const got = await runCase(name, { program: ingot, mode, port });
    const golden = goldenOf(name, mode);
    if (writesGolden) writeFileSync(golden.reference, want);
    compared += 1;
    if (writesOurs) {
      rmSync(golden.ours, { force: true });
      if (want !== got) writeFileSync(golden.ours, got);
    }
    if (want === got) continue;
    if (existsSync(golden.ours) && readFileSync(golden.ours, "utf8") === got) {
      explained += 1;
      continue;
    }
    differences += 1;
    console.log(`== ${name} (${mode})\n${difference(name, want, got)}`);
  }
});
server.close();
rmSync(places, { recursive: true });
console.log(
  `${compared} comparisons of ${names.length} templates: ${explained} differ on purpose, ${differences} differ`,
);
if (differences > 0) process.exitCode = 1;

function difference(name, want, got) {
  const [reference, ours] = ["packer", "ingot"].map((program) => join(places, `${name}.${program}`));
  writeFileSync(reference, want);
  writeFileSync(ours, got);
  try {
    return execFileSync("diff", ["-u0", reference, ours], { encoding: "utf8" });
  } catch ({ stdout }) {
    return stdout; // diff exits with 1 for a difference
  }
}
