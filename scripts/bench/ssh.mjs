// Measures SSH against OpenSSH's sftp and the packer on the PATH: uploads of one large file and of many small ones, and null
// builds with 1 and 10 shell provisioners. The tools take turns; each row gives the shortest time of each and their ratio. A
// server of its own is started on the loopback, as root with a user of its own, so that nobody's shell start-up files are
// measured, and what is uploaded goes to memory where there is /dev/shm, so that the disk is not. Needs a build
// (`npm run build`) and openssh-server.
//
//   node scripts/bench/ssh.mjs [build|folder|file ...]   default: all
//   INGOT_BENCH_MIB=1024, INGOT_BENCH_FILES=10000, INGOT_BENCH_ROUNDS=3; PACKER=packer
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
} from "node:fs";
import { rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { readLocalDir } from "../../sdk/dist/local-dir.js";
import { connectTest, optionsFor } from "../../sdk/dist/ssh/testing/ssh-session.js";
import { startSshd, whyNoPasswords } from "../../sdk/dist/ssh/testing/start-sshd.js";

const INGOT = fileURLToPath(new URL("../../packages/cli/dist/bundle/main.js", import.meta.url));
const PACKER = process.env.PACKER ?? "packer";
const MIB = Number(process.env.INGOT_BENCH_MIB ?? 1024);
const FILES = Number(process.env.INGOT_BENCH_FILES ?? 10_000);
const ROUNDS = Number(process.env.INGOT_BENCH_ROUNDS ?? 3);
const LIMIT_MS = 300_000;
const wanted = process.argv.slice(2);
const hasPacker = spawnSync(PACKER, ["version"]).status === 0;
const { signal } = new AbortController();
delete process.env.NODE_EXTRA_CA_CERTS; // see cli.mjs

const sshd = await startSshd({ withPasswords: whyNoPasswords() === undefined });
const work = mkdtempSync(path.join(existsSync("/dev/shm") ? "/dev/shm" : os.tmpdir(), "ingot-bench-"));
const home = path.join(work, "home");
mkdirSync(home);
chmodSync(work, 0o777);
try {
  if (isWanted("build")) await benchBuilds();
  if (isWanted("folder")) await benchFolder();
  if (isWanted("file")) await benchFile();
} finally {
  rmSync(work, { recursive: true, force: true });
  await sshd[Symbol.asyncDispose]();
}

function isWanted(name) {
  return wanted.length === 0 || wanted.includes(name);
}

async function benchBuilds() {
  for (const count of [1, 10]) {
    const provisioners = 'provisioner "shell" {\n  inline = ["echo hello"]\n}\n'.repeat(count);
    await compare(`null build, ${count} shell`, builds(provisioners));
  }
}

async function benchFolder() {
  const source = path.join(work, "small");
  mkdirSync(source);
  for (let i = 0; i < FILES; i++) writeFileSync(path.join(source, `file-${i}`), `content of ${i}\n`.repeat(20));
  const target = path.join(work, "into");
  const empty = () => {
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target);
    chmodSync(target, 0o777);
  };
  const bySdk = async (machine) =>
    machine.uploadDir(path.join(target, "small"), readLocalDir(source), { signal, exclude: [] });
  await compare(
    `${FILES} small files`,
    [
      ["SDK", () => withMachine({}, bySdk)],
      ["sftp", () => openSshSftp(`put -r ${source} ${target}/\n`)],
    ],
    { prepare: empty },
  );
  const provisioner = `provisioner "file" {\n  source = "${source}"\n  destination = "${target}"\n}`;
  await compare(`${FILES} small files in a build`, builds(provisioner), { prepare: empty });
  rmSync(source, { recursive: true });
  rmSync(target, { recursive: true });
}

async function benchFile() {
  const source = path.join(work, "large");
  const file = openSync(source, "w");
  for (let i = 0; i < MIB; i++) writeSync(file, Buffer.alloc(1024 * 1024, i));
  closeSync(file);
  const target = path.join(work, "target");
  const { size } = statSync(source);
  const prepare = () => rmSync(target, { force: true });
  const send = (machine) => {
    const content = createReadStream(source, { highWaterMark: 256 * 1024 });
    return machine.upload({ path: target, size, mode: 0o644 }, content, { signal });
  };
  await compare(
    `${MIB} MiB`,
    [
      ["SDK", () => withMachine({ ssh_file_transfer_method: "sftp" }, send)],
      ["sftp", () => openSshSftp(`put ${source} ${target}\n`)],
    ],
    { prepare },
  );
  process.stdout.write(`peak memory of this process: ${peakMiB()} MiB\n`);
  const provisioner = `provisioner "file" {\n  source = "${source}"\n  destination = "${target}"\n}`;
  await compare(`${MIB} MiB in a build`, builds(provisioner, 'ssh_file_transfer_method = "sftp"'), {
    prepare,
    rounds: 1,
  });
}

/** Gives the runs of both tools for a null build with these provisioners. */
function builds(provisioners, more = "") {
  const source = [
    'communicator = "ssh"',
    'ssh_host = "127.0.0.1"',
    `ssh_port = ${sshd.port}`,
    `ssh_username = "${sshd.user}"`,
    `ssh_private_key_file = "${sshd.keyFile}"`,
    more,
  ];
  const template = path.join(work, "bench.pkr.hcl");
  const build = `build {\n  sources = ["source.null.bench"]\n${provisioners}\n}\n`;
  const tools = [["ingot", process.execPath, [INGOT, "build", template]]];
  if (hasPacker) tools.push(["packer", PACKER, ["build", template]]);
  return tools.map(([name, program, args]) => [
    name,
    () => {
      writeFileSync(template, `source "null" "bench" {\n${source.join("\n")}\n}\n${build}`);
      return run(program, args);
    },
  ]);
}

async function withMachine(options, use) {
  const connection = await connectTest(optionsFor(sshd, options));
  try {
    await use(connection.machine);
  } finally {
    await connection[Symbol.asyncDispose]();
  }
}

function openSshSftp(batch) {
  const options = [
    "-F",
    "none",
    "-o",
    "StrictHostKeyChecking=no",
    "-o",
    "UserKnownHostsFile=/dev/null",
    "-i",
    sshd.keyFile,
  ];
  return run("sftp", [...options, "-P", String(sshd.port), "-b", "-", `${sshd.user}@127.0.0.1`], batch);
}

/** Runs a program. We must not block meanwhile: the server's log is read by this process, and a full pipe stops it. */
async function run(program, args, input = "") {
  const env = { ...process.env, HOME: home, CHECKPOINT_DISABLE: "1" };
  const child = spawn(program, args, { env, timeout: LIMIT_MS, stdio: ["pipe", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  child.stdin.end(input);
  const [status, killer] = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (...end) => resolve(end));
  });
  if (status !== 0) throw new Error(`${program} ended with ${status ?? killer}:\n${output}`);
}

async function compare(name, runs, { prepare = () => {}, rounds = ROUNDS } = {}) {
  const times = runs.map(() => Infinity);
  for (let round = 0; round < rounds; round++) {
    for (const [index, [, work]] of runs.entries()) {
      prepare();
      const start = performance.now();
      await work();
      times[index] = Math.min(times[index], (performance.now() - start) / 1000);
    }
  }
  const shown = runs.map(([tool], index) => `${tool} ${times[index].toFixed(2)} s`);
  const ratio = times.length === 2 ? `ratio ${(times[0] / times[1]).toFixed(2)}` : "";
  process.stdout.write(`${name.padEnd(34)} ${shown.map((text) => text.padEnd(16)).join(" ")} ${ratio}\n`);
}

function peakMiB() {
  try {
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024);
  } catch {
    return Math.round(process.resourceUsage().maxRSS / 1024);
  }
}
