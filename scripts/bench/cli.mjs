// Compares whole commands of Ingot and of the `packer` on the PATH in one run, as ratios, and peak memory of the process tree.
// Needs hyperfine. Usage: node scripts/bench/cli.mjs [--runs=10] [--only=SUBSTRING]
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ingot = fileURLToPath(new URL("../../node_modules/.bin/ingot", import.meta.url));
const option = (name, fallback) =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3) ?? fallback;
const runs = option("runs", "10");
const only = option("only", "");

const dir = mkdtempSync(join(tmpdir(), "ingot-bench-"));
process.on("exit", () => rmSync(dir, { recursive: true, force: true }));

const nullBuild = (count) => `
source "null" "bench" { communicator = "none" }
build {
  sources = ["source.null.bench"]
${'  provisioner "shell-local" { inline = ["echo hello"] }\n'.repeat(count)}}
`;

/** Fifty builds, each with a provisioner and a post-processor of its own. */
const fifty = () => {
  const names = Array.from({ length: 50 }, (_, index) => `s${index}`);
  const sources = names.map((name) => `source "file" "${name}" {\n  content = "x"\n  target  = "out/${name}"\n}\n`);
  return `${sources.join("")}
build {
  sources = [${names.map((name) => `"source.file.${name}"`).join(", ")}]
  provisioner "shell-local" { inline = ["true"] }
  post-processor "manifest" { output = "out/manifest.json" }
}
`;
};

const template = (name, text) => {
  writeFileSync(join(dir, name), text);
  return name;
};

const work = [
  { name: "version", args: ["version"], toReach: 1.0 },
  { name: "null build, one shell-local", args: ["build", template("one.pkr.hcl", nullBuild(1))], toReach: 1.3 },
  { name: "null build, ten shell-local", args: ["build", template("ten.pkr.hcl", nullBuild(10))], toReach: 0.6 },
  { name: "validate, 50 file sources", args: ["validate", template("fifty.pkr.hcl", fifty())], toReach: 0.1 },
  { name: "build of the same", args: ["build", "fifty.pkr.hcl"], toReach: 0.25, memory: true },
].filter(({ name }) => name.includes(only));

mkdirSync(join(dir, "out"));
const env = {
  ...process.env,
  CHECKPOINT_DISABLE: "1",
  HOME: dir,
  XDG_CACHE_HOME: join(dir, "cache"),
  XDG_STATE_HOME: join(dir, "state"),
};

function meanSeconds(commands) {
  const report = join(dir, "hyperfine.json");
  execFileSync("hyperfine", ["-N", "-i", "--warmup", "1", "--runs", runs, "--export-json", report, ...commands], {
    cwd: dir,
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  return JSON.parse(readFileSync(report, "utf8")).results.map(({ mean }) => mean);
}

/** The proportional set size of a process and all its descendants, in MiB. */
function treeMemory(root) {
  const children = new Map();
  for (const pid of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const parent = readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ")[1];
      children.set(parent, [...(children.get(parent) ?? []), pid]);
    } catch {
      // ended while we looked
    }
  }
  let kib = 0;
  const queue = [String(root)];
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    queue.push(...(children.get(pid) ?? []));
    try {
      kib += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0);
    } catch {
      // ended while we looked
    }
  }
  return kib / 1024;
}

async function peakMemory(command, args) {
  const child = spawn(command, args, { cwd: dir, env, stdio: "ignore" });
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, treeMemory(child.pid))), 50);
  await new Promise((resolve) => child.on("exit", resolve));
  clearInterval(timer);
  return peak;
}

process.stdout.write("| work | Packer | Ingot | ratio | to reach |\n| --- | --- | --- | --- | --- |\n");
const row = (name, packer, ours, unit, toReach) =>
  process.stdout.write(
    `| ${name} | ${packer} ${unit} | ${ours} ${unit} | ${(ours / packer).toFixed(2)} | ${toReach} |\n`,
  );
for (const { name, args, toReach, memory } of work) {
  const [packer, ours] = meanSeconds([["packer", ...args].join(" "), [ingot, ...args].join(" ")]);
  row(name, packer.toFixed(3), ours.toFixed(3), "s", toReach);
  if (!memory) continue;
  const [theirs, mine] = [await peakMemory("packer", args), await peakMemory(ingot, args)];
  row("peak memory of the process tree in it", theirs.toFixed(0), mine.toFixed(0), "MiB", 0.5);
}
