// Measures SSH against OpenSSH's sftp and the packer on the PATH: uploads of one large file and of many small ones, and null
// builds with 1 and 10 shell provisioners. A server of its own is started on the loopback, as root with a user of its own, so
// that nobody's shell start-up files are measured. Needs a build (`npm run build`) and openssh-server.
//
//   node scripts/bench/ssh.mjs [file|folder|build ...]      default: all; INGOT_BENCH_MIB=1024, INGOT_BENCH_FILES=10000
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  createReadStream,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { readLocalDir } from "../../sdk/dist/local-dir.js";
import { connectTest, optionsFor } from "../../sdk/dist/ssh/testing/ssh-session.js";
import { startSshd, whyNoPasswords } from "../../sdk/dist/ssh/testing/start-sshd.js";

const INGOT = fileURLToPath(new URL("../../packages/cli/dist/bundle/main.js", import.meta.url));
const MIB = Number(process.env.INGOT_BENCH_MIB ?? 1024);
const FILES = Number(process.env.INGOT_BENCH_FILES ?? 10_000);
const ROUNDS = Number(process.env.INGOT_BENCH_ROUNDS ?? 3);
const wanted = process.argv.slice(2);
const hasPacker = spawnSync("packer", ["version"]).status === 0;

const sshd = await startSshd({ withPasswords: whyNoPasswords() === undefined });
const work = mkdtempSync(path.join(os.tmpdir(), "ingot-bench-"));
chmodSync(work, 0o777);
try {
  if (isWanted("file")) await benchFile();
  if (isWanted("folder")) await benchFolder();
  if (isWanted("build")) benchBuilds();
} finally {
  rmSync(work, { recursive: true, force: true });
  await sshd[Symbol.asyncDispose]();
}

function isWanted(name) {
  return wanted.length === 0 || wanted.includes(name);
}

async function benchFile() {
  const source = path.join(work, "large");
  const file = openSync(source, "w");
  for (let i = 0; i < MIB; i++) writeSync(file, Buffer.alloc(1024 * 1024, i));
  closeSync(file);
  const target = path.join(work, "target");
  const size = statSync(source).size;
  for (const method of ["sftp", "scp"]) {
    const seconds = await best(async () => {
      const connection = await connectTest(optionsFor(sshd, { ssh_file_transfer_method: method }));
      const content = createReadStream(source, { highWaterMark: 256 * 1024 });
      const { signal } = new AbortController();
      await connection.machine.upload({ path: target, size, mode: 0o644 }, content, { signal });
      await connection[Symbol.asyncDispose]();
    });
    report(
      `${MIB} MiB by the SDK, ${method}`,
      seconds,
      `${Math.round(MIB / seconds)} MiB/s, peak RSS ${peakMiB()} MiB`,
    );
    rmSync(target, { force: true });
  }
  const seconds = await best(() => {
    const login = [
      "-F",
      "none",
      "-o",
      "StrictHostKeyChecking=no",
      "-o",
      "UserKnownHostsFile=/dev/null",
      "-i",
      sshd.keyFile,
    ];
    const batch = `put ${source} ${target}\n`;
    execFileSync("sftp", [...login, "-P", String(sshd.port), "-b", "-", `${sshd.user}@127.0.0.1`], {
      input: batch,
      stdio: ["pipe", "ignore", "ignore"],
    });
  });
  report(`${MIB} MiB by OpenSSH's sftp`, seconds, `${Math.round(MIB / seconds)} MiB/s`);
  rmSync(target, { force: true });
  await benchTools(
    `${MIB} MiB in a build`,
    `provisioner "file" {\n  source = "${source}"\n  destination = "${target}"\n}`,
    {
      more: 'ssh_file_transfer_method = "sftp"',
      rounds: 1,
    },
  );
  rmSync(source);
}

async function benchFolder() {
  const source = path.join(work, "small");
  mkdirSync(source);
  for (let i = 0; i < FILES; i++) writeFileSync(path.join(source, `file-${i}`), `content of ${i}\n`.repeat(20));
  const { signal } = new AbortController();
  let round = 0;
  const seconds = await best(async () => {
    const connection = await connectTest(optionsFor(sshd));
    await connection.machine.uploadDir(path.join(work, `up-${round++}`), readLocalDir(source), { signal, exclude: [] });
    await connection[Symbol.asyncDispose]();
  });
  report(`${FILES} small files by the SDK`, seconds);
  const target = path.join(work, "into");
  mkdirSync(target);
  chmodSync(target, 0o777);
  const provisioner = `provisioner "file" {\n  source = "${source}"\n  destination = "${target}"\n}`;
  benchTools(`${FILES} small files in a build`, provisioner, { rounds: 1, between: () => emptyFolder(target) });
}

function benchBuilds() {
  for (const count of [1, 10]) {
    benchTools(`null build, ${count} shell`, 'provisioner "shell" {\n  inline = ["echo hello"]\n}\n'.repeat(count));
  }
}

function benchTools(name, provisioners, { more = "", rounds = ROUNDS, between = () => {} } = {}) {
  const template = path.join(work, "bench.pkr.hcl");
  const source = [
    'communicator = "ssh"',
    'ssh_host = "127.0.0.1"',
    `ssh_port = ${sshd.port}`,
    `ssh_username = "${sshd.user}"`,
    `ssh_private_key_file = "${sshd.keyFile}"`,
    more,
  ];
  const build = `build {\n  sources = ["source.null.bench"]\n${provisioners}\n}\n`;
  writeFileSync(template, `source "null" "bench" {\n${source.join("\n")}\n}\n${build}`);
  const tools = [["ingot", process.execPath, [INGOT]], ...(hasPacker ? [["packer", "packer", []]] : [])];
  const times = new Map(tools.map(([tool]) => [tool, Infinity]));
  for (let i = 0; i < rounds; i++) {
    for (const [tool, program, args] of tools) {
      between();
      const start = performance.now();
      const result = spawnSync(program, [...args, "build", template], { encoding: "utf8" });
      if (result.status !== 0) throw new Error(`${tool}: ${result.stdout}${result.stderr}`);
      times.set(tool, Math.min(times.get(tool), (performance.now() - start) / 1000));
    }
  }
  for (const [tool, seconds] of times) {
    const ratio = tool === "ingot" && hasPacker ? `ratio ${(seconds / times.get("packer")).toFixed(2)}` : "";
    report(`${name}: ${tool}`, seconds, ratio);
  }
}

function emptyFolder(folder) {
  for (const name of readdirSync(folder)) rmSync(path.join(folder, name), { recursive: true });
}

async function best(run) {
  let least = Infinity;
  for (let i = 0; i < ROUNDS; i++) {
    const start = performance.now();
    await run();
    least = Math.min(least, (performance.now() - start) / 1000);
  }
  return least;
}

function report(name, seconds, more = "") {
  process.stdout.write(`${name.padEnd(44)} ${seconds.toFixed(2).padStart(7)} s  ${more}\n`);
}

function peakMiB() {
  try {
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024);
  } catch {
    return Math.round(process.resourceUsage().maxRSS / 1024);
  }
}
