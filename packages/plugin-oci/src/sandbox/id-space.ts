import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { OciError, errorCode, messageOf } from "../oci-error.js";
import { explainNamespaceFailure } from "./explain-namespaces.js";
import { missingTool, runTool, toolEnvironment } from "./run-tool.js";

/**
 * Which users exist while files of an image are handled:
 * "host": all of them, because we are root. "range": root and the ids that /etc/subuid gives to the user, in a user namespace.
 * "single": root alone, in a user namespace.
 */
export type IdMode = "host" | "range" | "single";

/** A place where programs run as root of the image: on the host itself, or in a user namespace. */
export interface IdSpace extends AsyncDisposable {
  readonly mode: IdMode;
  /** What to put before a command so that it runs there. */
  readonly prefix: readonly string[];
  /** Options of nsenter to enter it together with other namespaces of a process that was started there. */
  readonly nsenterOptions: readonly string[];
  /** True when it is the host's own user namespace: device files can be made, all attributes set. */
  readonly isInitial: boolean;
  /** Tells whether a user or group id of an image can own files there. */
  canOwn(id: number): boolean;
}

/**
 * Opens the best id space that this machine allows. The user namespace lives until it is disposed of, and dies with this
 * process. Rejects with OciError "no-namespaces" that names the cause.
 */
export async function openIdSpace(options: { readonly signal: AbortSignal; readonly mode?: IdMode }): Promise<IdSpace> {
  options.signal.throwIfAborted();
  const isRoot = process.geteuid?.() === 0;
  if (options.mode === "host" || (options.mode === undefined && isRoot && (await canMount()))) {
    const count = await mappedIds();
    return {
      mode: "host",
      prefix: [],
      nsenterOptions: [],
      isInitial: count === allIds,
      canOwn: (id) => id < count,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  const range = options.mode === "single" ? undefined : await subordinateIds();
  if (range !== undefined) {
    try {
      return await openUserNamespace(range);
    } catch (error) {
      if (options.mode === "range" || !isMappingFailure(error)) throw error; // otherwise one id has to do
    }
  }
  return await openUserNamespace(undefined);
}

const allIds = 0xffffffff;

/** How many ids, counted from 0, exist for this process: root of a rootless container has not all of them. */
async function mappedIds(): Promise<number> {
  const counts: number[] = [];
  for (const file of ["/proc/self/uid_map", "/proc/self/gid_map"]) {
    const lines = (await readFile(file, "utf8")).trim().split("\n");
    const ranges = lines.map((line) => line.trim().split(/\s+/).map(Number)).sort(([a = 0], [b = 0]) => a - b);
    let count = 0;
    for (const [start = 0, , length = 0] of ranges) if (start === count) count += length;
    counts.push(count);
  }
  return Math.min(...counts);
}

interface IdRange {
  readonly uidStart: number;
  readonly gidStart: number;
  readonly count: number;
}

async function openUserNamespace(range: IdRange | undefined): Promise<IdSpace> {
  const mapping = range === undefined ? ["--map-root-user"] : [];
  const script = "echo ready; exec cat >/dev/null";
  const holder = spawn("unshare", ["--user", ...mapping, "sh", "-c", script], {
    stdio: ["pipe", "pipe", "pipe"],
    env: toolEnvironment(),
  });
  holder.stdin.on("error", () => undefined); // it may be gone when we close it
  let complaint = "";
  holder.stderr.on("data", (data: Buffer) => (complaint = (complaint + data.toString()).slice(-2000)));
  const exited = once(holder, "close");
  exited.catch(() => undefined); // a program that is missing shows up in the race below
  const dispose = async (): Promise<void> => {
    holder.stdin.end();
    holder.kill("SIGKILL");
    await exited.catch(() => undefined); // only its end matters
  };
  try {
    const ready = once(holder.stdout, "data");
    ready.catch(() => undefined);
    const failed = exited.then(async () => {
      throw await explainNamespaceFailure(complaint.trim());
    });
    await Promise.race([ready, failed]);
    const pid = String(holder.pid);
    const uid = String(process.geteuid?.() ?? 0);
    const gid = String(process.getegid?.() ?? 0);
    if (range !== undefined) {
      await mapIds("newuidmap", [pid, "0", uid, "1", "1", String(range.uidStart), String(range.count)]);
      await mapIds("newgidmap", [pid, "0", gid, "1", "1", String(range.gidStart), String(range.count)]);
    }
    const nsenterOptions = ["--user", "--preserve-credentials"];
    const prefix = ["nsenter", `--target=${pid}`, ...nsenterOptions, "--"];
    await probe(prefix);
    const count = range?.count ?? 0;
    const mode = range === undefined ? "single" : "range";
    const canOwn = (id: number): boolean => id <= count;
    return { mode, prefix, nsenterOptions, isInitial: false, canOwn, [Symbol.asyncDispose]: dispose };
  } catch (cause) {
    await dispose();
    throw errorCode(cause) === "ENOENT" ? missingTool("unshare", cause) : cause;
  }
}

/** Some systems let a user namespace be made but give no rights in it; a mount tells. */
async function probe(prefix: readonly string[]): Promise<void> {
  try {
    await runTool([...prefix, "unshare", "--mount", "sh", "-c", "mount -t tmpfs none /tmp"]);
  } catch (error) {
    throw errorCode(error) === "missing-tool" ? error : await explainNamespaceFailure(messageOf(error));
  }
}

async function canMount(): Promise<boolean> {
  try {
    await runTool(["unshare", "--mount", "true"]);
    return true;
  } catch (error) {
    if (errorCode(error) === "missing-tool") throw error;
    return false;
  }
}

async function mapIds(program: string, args: readonly string[]): Promise<void> {
  try {
    await runTool([program, ...args]);
  } catch (cause) {
    throw new OciError("id-mapping", `User ids could not be mapped: ${messageOf(cause)}`, { cause });
  }
}

function isMappingFailure(error: unknown): boolean {
  return errorCode(error) === "id-mapping";
}

async function subordinateIds(): Promise<IdRange | undefined> {
  const uidRange = await subordinateRange("/etc/subuid");
  const gidRange = await subordinateRange("/etc/subgid");
  if (uidRange === undefined || gidRange === undefined) return undefined;
  const count = Math.min(uidRange.count, gidRange.count);
  return { uidStart: uidRange.start, gidStart: gidRange.start, count };
}

/** Finds the first range of the current user in a file of lines "name-or-uid:start:count". */
async function subordinateRange(file: string): Promise<{ start: number; count: number } | undefined> {
  const text = await readFile(file, "utf8").catch(() => ""); // most often: there is no such file
  const uid = String(process.geteuid?.() ?? 0);
  const name = userName();
  for (const line of text.split("\n")) {
    const [owner, start, count] = line.trim().split(":");
    if ((owner === uid || owner === name) && Number(start) > 0 && Number(count) > 0)
      return { start: Number(start), count: Number(count) };
  }
  return undefined;
}

function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined; // the uid has no entry in the user database
  }
}
