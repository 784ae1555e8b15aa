import { execFile, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const SSHD = "/usr/sbin/sshd";
const isRoot = process.getuid?.() === 0;

/** The user of the password tests and its password. It exists for the server alone. */
export const PASSWORD_USER = "ingot-test";
export const PASSWORD = "s3cret pass'word";

/** Why tests with a real sshd cannot run here; undefined when they can. With CI=true that is a failure. */
export function whyNoSshd(): string | undefined {
  const why = process.platform !== "linux" ? "not Linux" : existsSync(SSHD) ? undefined : `${SSHD} is not installed`;
  if (why !== undefined && process.env["CI"] === "true") throw new Error(`The SSH tests cannot run: ${why}.`);
  return why;
}

/** Why tests with passwords cannot run here: they need a file system of their own, so that the real users are not touched. */
export function whyNoPasswords(): string | undefined {
  return whyNoSshd() ?? (isRoot && spawnSync("unshare", ["--mount", "true"]).status === 0 ? undefined : "not root");
}

export interface SshdOptions {
  /** Lines of sshd_config that go before the defaults: the first one wins. */
  readonly config?: string;
  /** Leave out the SFTP subsystem. */
  readonly withoutSftp?: boolean;
  /** Have the user of the password tests, by a private view of the user database. */
  readonly withPasswords?: boolean;
  /** The port. Default: a free one. */
  readonly port?: number;
}

/** A running sshd of a test. */
export interface TestSshd extends AsyncDisposable {
  readonly port: number;
  readonly user: string;
  /** A folder of this server's own. */
  readonly dir: string;
  /** The private key that it accepts. */
  readonly keyFile: string;
  /** The public host key, as a line. */
  readonly hostKey: string;
  /** What it has logged. */
  log(): string;
  /** Ends the server and all its connections, as a reboot does. */
  stop(): Promise<void>;
  /** Starts it again at the same port. */
  start(): Promise<void>;
}

/** Starts a real sshd on the loopback with keys and a configuration of its own. Dispose it. */
export async function startSshd(options: SshdOptions = {}): Promise<TestSshd> {
  const dir = mkdtempSync(join(tmpdir(), "ingot-sshd-"));
  const keyFile = join(dir, "id");
  await Promise.all([makeKey(keyFile), makeKey(join(dir, "host_key"))]);
  copyFileSync(`${keyFile}.pub`, join(dir, "authorized_keys"));
  const port = options.port ?? (await freePort());
  writeFileSync(join(dir, "sshd_config"), configText(dir, port, options));
  let child: ChildProcess | undefined;
  let log = "";
  const start = async (): Promise<void> => {
    child = spawnSshd(dir, options);
    child.stderr?.on("data", (chunk: Buffer) => (log += chunk.toString()));
    await untilListening(port, child, () => log);
  };
  const stop = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    const sessions = await childrenOf(child.pid ?? 0);
    child.kill("SIGKILL");
    await exited;
    for (const pid of sessions) killIfThere(pid);
  };
  await start();
  return {
    port,
    user: options.withPasswords === true ? PASSWORD_USER : userInfo().username,
    dir,
    keyFile,
    hostKey: readFileSync(join(dir, "host_key.pub"), "utf8").trim(),
    log: () => log,
    start,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Makes a key pair with OpenSSH's own tool. */
export async function makeKey(path: string, args: readonly string[] = ["-t", "ed25519"]): Promise<void> {
  const passphrase = args.includes("-N") ? [] : ["-N", ""];
  await run("ssh-keygen", ["-q", ...args, ...passphrase, "-C", "test", "-f", path]);
}

/** Gives a port of the loopback that nobody uses now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // a TCP server has one
  server.close();
  await once(server, "close");
  return port;
}

function configText(dir: string, port: number, { config = "", withoutSftp, withPasswords }: SshdOptions): string {
  const lines = [
    config,
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${dir}/host_key`,
    `AuthorizedKeysFile ${dir}/authorized_keys`,
    `PidFile ${dir}/sshd.pid`,
    "StrictModes no",
    "PermitRootLogin yes",
    "MaxSessions 20",
    `UsePAM ${withPasswords === true ? "yes" : "no"}`,
    `PasswordAuthentication ${withPasswords === true ? "yes" : "no"}`,
    `KbdInteractiveAuthentication ${withPasswords === true ? "yes" : "no"}`,
    ...(withoutSftp === true ? [] : ["Subsystem sftp internal-sftp"]),
    "LogLevel VERBOSE",
  ];
  return `${lines.join("\n")}\n`;
}

/** As root, sshd gets its own view of `/run/sshd` and, where needed, of the user database. */
function spawnSshd(dir: string, { withPasswords }: SshdOptions): ChildProcess {
  const args = ["-D", "-e", "-f", join(dir, "sshd_config")];
  const stdio = ["ignore", "ignore", "pipe"] as const;
  if (!isRoot) return spawn(SSHD, args, { stdio: [...stdio], detached: true });
  if (withPasswords !== true) {
    mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
    return spawn(SSHD, args, { stdio: [...stdio], detached: true });
  }
  writeUsers(dir);
  const script = [
    "set -e",
    "mkdir -p /run/sshd",
    `mount --bind ${dir}/passwd /etc/passwd`,
    `mount --bind ${dir}/shadow /etc/shadow`,
    `mount --bind ${dir}/pam.d /etc/pam.d`,
    `exec ${SSHD} ${args.join(" ")}`,
  ];
  return spawn("unshare", ["--mount", "sh", "-c", script.join("\n")], { stdio: [...stdio], detached: true });
}

function writeUsers(dir: string): void {
  mkdirSync(join(dir, "pam.d"), { recursive: true });
  mkdirSync(join(dir, "home"), { recursive: true });
  chmodSync(dir, 0o711);
  chmodSync(join(dir, "home"), 0o777);
  const hash = spawnSync("openssl", ["passwd", "-6", "-stdin"], { input: PASSWORD, encoding: "utf8" }).stdout.trim();
  const users = readFileSync("/etc/passwd", "utf8");
  writeFileSync(join(dir, "passwd"), `${users}${PASSWORD_USER}:x:64123:64123::${dir}/home:/bin/sh\n`);
  const shadow = readFileSync("/etc/shadow", "utf8");
  writeFileSync(join(dir, "shadow"), `${shadow}${PASSWORD_USER}:${hash}:19000:0:99999:7:::\n`, { mode: 0o600 });
  const pam = ["auth required pam_unix.so", "account required pam_unix.so", "session required pam_permit.so"];
  writeFileSync(join(dir, "pam.d", "sshd"), `${pam.join("\n")}\n`);
}

/** Sessions are in groups of their own; they are found by their parent. */
async function childrenOf(parent: number): Promise<readonly number[]> {
  const { stdout } = await run("ps", ["-eo", "pid=,ppid="]);
  const processes = stdout.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  return processes.flatMap(([pid, ppid]) => (ppid === parent && pid !== undefined ? [pid] : []));
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // it has ended
  }
}

async function untilListening(port: number, child: ChildProcess, log: () => string): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (child.exitCode !== null) break;
    const socket = connect(port, "127.0.0.1");
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
    await sleep(25);
  }
  throw new Error(`sshd did not start:\n${log()}`);
}
