// Times the language against the `packer` on the PATH, best of three runs each: the time that passed, and the time that the processors
// worked for it, which tells more when the machine has other work. The load is beside the numbers.
// Usage: node scripts/bench/language.mjs
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ingot = fileURLToPath(new URL("../../node_modules/.bin/ingot", import.meta.url));
const dir = mkdtempSync(join(tmpdir(), "ingot-bench-"));
process.on("exit", () => rmSync(dir, { recursive: true, force: true }));

const times = (count, text) => Array.from({ length: count }, (_, index) => text(index)).join("\n");
const large = `
${times(500, (n) => `variable "v${n}" {\n  type    = string\n  default = "value ${n}"\n}`)}
locals {
${times(500, (n) => `  l${n} = "\${var.v${n}}${n % 10 === 0 ? "" : ` \${local.l${n - 1}}`}"`)}
}
${times(200, (n) => `source "file" "s${n}" {\n  content = local.l${n}\n  target  = "out/${n}"\n}`)}
build {
  sources = [${Array.from({ length: 200 }, (_, n) => `"source.file.s${n}"`).join(", ")}]
}
`;
const loops = "locals {\n  x = [for i in range(1000) : [for j in range(100) : max(i, j)]]\n}\n";
writeFileSync(join(dir, "large.pkr.hcl"), large);
writeFileSync(
  join(dir, "loops.pkr.hcl"),
  `${loops}source "null" "a" {\n  communicator = "none"\n}\nbuild {\n  sources = ["source.null.a"]\n}\n`,
);

const { NODE_EXTRA_CA_CERTS: _, ...inherited } = process.env; // see cli.mjs
const env = {
  ...inherited,
  CHECKPOINT_DISABLE: "1",
  HOME: dir,
  XDG_CACHE_HOME: join(dir, "cache"),
  XDG_STATE_HOME: join(dir, "state"),
};

/** Runs a command and writes the time that it and its children have worked, the second line of what `times` writes. */
const TIMED = 'output=$("$0" "$@") || { echo "$output"; exit 1; }; times';

/** Seconds of the fastest of three runs: what passed, and the work of all processors. */
function best(command, args, input = "") {
  let [passed, worked] = [Infinity, Infinity];
  for (let run = 0; run < 3; run++) {
    const started = performance.now();
    const { status, stdout } = spawnSync("sh", ["-c", TIMED, command, ...args], {
      cwd: dir,
      env,
      input,
      encoding: "utf8",
    });
    if (status !== 0) {
      console.log(`${command} ${args.join(" ")} failed: ${stdout.slice(0, 300)}`);
      return { passed: Infinity, worked: Infinity };
    }
    passed = Math.min(passed, (performance.now() - started) / 1000);
    const [, children = ""] = stdout.trim().split("\n");
    const seconds = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(([, m, s]) => 60 * Number(m) + Number(s));
    worked = Math.min(
      worked,
      seconds.reduce((sum, one) => sum + one, 0),
    );
  }
  return { passed, worked };
}

const work = [
  { name: "validate 500 variables, 500 locals, 200 sources", args: ["validate", "large.pkr.hcl"], toReach: "1 s, 0.2" },
  { name: "console, one expression", args: ["console", "-config-type=hcl2"], input: "1 + 1\n", toReach: "1.2" },
  { name: "validate 100,000 rounds of nested loops", args: ["validate", "loops.pkr.hcl"], toReach: "1 s" },
];
for (const { name, args, input, toReach } of work) {
  const ours = best(ingot, args, input);
  const theirs = best("packer", args, input);
  const load = loadavg()[0].toFixed(1);
  const compared = (what) =>
    `${ours[what].toFixed(2)} s, packer ${theirs[what].toFixed(2)} s, ratio ${(ours[what] / theirs[what]).toFixed(2)}`;
  console.log(`${name} (to reach: ${toReach}; load ${load})`);
  console.log(`  passed: ${compared("passed")}\n  worked: ${compared("worked")}`);
}
