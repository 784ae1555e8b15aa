// Runs 20 builds that print 1,000 lines a second each into a pipe, with Ingot and with the `packer` on the PATH: counts lost and broken lines,
// and compares the CPU time of the process trees. Usage: node scripts/bench/output.mjs [--builds=20] [--seconds=5] [--rate=1000] [--only=ingot]
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const option = (name, fallback) =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3) ?? fallback;
const builds = Number(option("builds", "20"));
const seconds = Number(option("seconds", "5"));
const rate = Number(option("rate", "1000"));
const only = option("only", "");

const dir = mkdtempSync(join(tmpdir(), "ingot-bench-"));
process.on("exit", () => rmSync(dir, { recursive: true, force: true }));

const names = Array.from({ length: builds }, (_, at) => `b${at}`);
writeFileSync(
  join(dir, "out.pkr.hcl"),
  `
${names.map((name) => `source "null" "${name}" { communicator = "none" }`).join("\n")}
build {
  sources = [${names.map((name) => `"null.${name}"`).join(", ")}]
  provisioner "shell-local" { inline = ["exec perl ${dir}/emit.pl $PACKER_BUILD_NAME"] }
}
`,
);
// Perl starts quickly and costs little, so that the programs under test are what is measured.
writeFileSync(
  join(dir, "emit.pl"),
  `use Time::HiRes qw(sleep time); $| = 1; my $start = time; my $n = 0;
while ($n < ${rate * seconds}) {
  my $due = int((time - $start) * ${rate}); $due = ${rate * seconds} if $due > ${rate * seconds};
  print "line $ARGV[0] ", $n++, " ", "x" x 60, " end\\n" while $n < $due;
  sleep 0.005;
}
`,
);

const programs = { ingot: fileURLToPath(new URL("../../node_modules/.bin/ingot", import.meta.url)), packer: "packer" };
const results = {};
for (const [name, program] of Object.entries(programs)) {
  if (only !== "" && only !== name) continue;
  results[name] = await measure(program);
  console.log(name, results[name]);
}
if (results.ingot && results.packer) {
  console.log(`CPU ratio: ${(results.ingot.cpuSeconds / results.packer.cpuSeconds).toFixed(2)}`);
}
if (Object.values(results).some(({ lost, broken, status }) => lost + broken > 0 || status !== 0)) process.exitCode = 1;

/** CPU time is that of the whole tree but for the emitters, which are the same for both: `times` of a shell counts children that ended. */
async function measure(program) {
  const seen = new Map(names.map((name) => [name, 0]));
  let broken = 0;
  const startedAt = performance.now();
  const child = spawn(
    "bash",
    ["-c", `"$0" build -color=false out.pkr.hcl; status=$?; times >&2; exit $status`, program],
    {
      cwd: dir,
      env: { ...process.env, HOME: dir, CHECKPOINT_DISABLE: "1", PACKER_LOG: "", INGOT_LOG: "" },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let rest = "";
  let errors = "";
  child.stderr.on("data", (data) => (errors += data));
  child.stdout.on("data", (data) => {
    const lines = (rest + data).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      if (!line.includes("line b") && !line.includes("xxx")) continue;
      // Packer 1.6 puts four spaces in front.
      const match = /^(?:==>|   ) null\.(b\d+): line (b\d+) (\d+) x{60} end$/.exec(line);
      if (match === null || match[1] !== match[2] || Number(match[3]) !== seen.get(match[1])) broken++;
      else seen.set(match[1], Number(match[3]) + 1);
    }
  });
  const status = await new Promise((resolve) => child.once("close", resolve));
  const lost = builds * rate * seconds - [...seen.values()].reduce((sum, count) => sum + count, 0);
  return {
    status,
    lost,
    broken,
    wallSeconds: round((performance.now() - startedAt) / 1000),
    cpuSeconds: cpuOf(errors),
  };
}

/** The second line of `times`: user and system time of the children, as 1m2.345s. */
function cpuOf(text) {
  const line = text.trim().split("\n").at(-1) ?? "";
  return round(
    [...line.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
      (sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number(rest),
      0,
    ),
  );
}

function round(value) {
  return Math.round(value * 100) / 100;
}
