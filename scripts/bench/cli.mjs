// Compares whole commands of Ingot and of the `packer` on the PATH in one run, as ratios, and peak memory of the process tree. The two
// take turns, since the machine may have other work; the processors' time tells more then.
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

template("expression", "1 + 2\n");
const certificates = { NODE_EXTRA_CA_CERTS: "/etc/ssl/certs/ca-certificates.crt" };
const work = [
  { name: "version", args: ["version"], toReach: 1.0 },
  { name: "version, extra certificates", args: ["version"], more: certificates, toReach: 1.0 },
  { name: "console, one expression", args: ["console"], input: "expression", toReach: 1.2 },
  { name: "null build, one shell-local", args: ["build", template("one.pkr.hcl", nullBuild(1))], toReach: 1.0 },
  { name: "the same, extra certificates", args: ["build", "one.pkr.hcl"], more: certificates, toReach: 1.3 },
  { name: "null build, ten shell-local", args: ["build", template("ten.pkr.hcl", nullBuild(10))], toReach: 0.6 },
  { name: "validate, 50 file sources", args: ["validate", template("fifty.pkr.hcl", fifty())], toReach: 0.1 },
  { name: "build of the same", args: ["build", "fifty.pkr.hcl"], toReach: 0.25, memory: true },
].filter(({ name }) => name.includes(only));

mkdirSync(join(dir, "out"));
// Node reads all certificates at each start when it is to add some, which is as much work as the rest of its start.
const { NODE_EXTRA_CA_CERTS: _, ...inherited } = process.env;
const env = {
  ...inherited,
  CHECKPOINT_DISABLE: "1",
  HOME: dir,
  XDG_CACHE_HOME: join(dir, "cache"),
  XDG_STATE_HOME: join(dir, "state"),
};

/** What passed, and the work of all processors, in seconds: for each command the median of rounds of two runs. */
function medianSeconds(commands, more = {}) {
  const report = join(dir, "hyperfine.json");
  const flags = ["-N", "-i", "--warmup", "1", "--runs", "2", "--export-json", report];
  const rounds = Array.from({ length: Math.ceil(Number(runs) / 2) }, () => {
    const options = { cwd: dir, env: { ...env, ...more }, stdio: ["ignore", "ignore", "inherit"] };
    execFileSync("hyperfine", [...flags, ...commands], options);
    return JSON.parse(readFileSync(report, "utf8")).results;
  });
  const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
  return commands.map((_, index) => ({
    passed: median(rounds.map((results) => results[index].mean)),
    worked: median(rounds.map((results) => results[index].user + results[index].system)),
  }));
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

process.stdout.write("| work | Packer | Ingot | ratio | to reach | processors: Packer | Ingot | ratio |\n");
process.stdout.write("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
const pair = (packer, ours, unit) => `${packer} ${unit} | ${ours} ${unit} | ${(ours / packer).toFixed(2)}`;
const row = (...cells) => process.stdout.write(`| ${cells.join(" | ")} |\n`);
for (const { name, args, input, toReach, memory, more } of work) {
  const line = (command) => [command, ...args].join(" ");
  const reading = (command) => (input === undefined ? line(command) : `sh -c 'exec ${line(command)} < ${input}'`);
  const [packer, ours] = medianSeconds(["packer", ingot].map(reading), more);
  const seconds = (kind) => pair(packer[kind].toFixed(3), ours[kind].toFixed(3), "s");
  row(name, seconds("passed"), toReach, seconds("worked"));
  if (!memory) continue;
  const [theirs, mine] = [await peakMemory("packer", args), await peakMemory(ingot, args)];
  row("peak memory of the process tree in it", pair(theirs.toFixed(0), mine.toFixed(0), "MiB"), 0.5, "", "", "");
}
