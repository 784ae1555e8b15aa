import { randomUUID } from "node:crypto";
import { link, readFile, readlink, stat, unlink, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeFolders } from "@ingot/files";
import { codeOf } from "./system-error.js";

/** Who holds a lock. */
interface Owner {
  readonly token: string;
  /** Where process ids mean the same: the computer, and the container on it. */
  readonly place: string;
  readonly pid: number;
  /** When the process started, as the system counts; empty where it does not say. A process id alone may be used again. */
  readonly started: string;
}

/** A lock that is held. Dispose it to give it up. */
export type FileLock = AsyncDisposable;

interface LockOptions {
  readonly signal: AbortSignal;
  /** Called once when somebody else holds it and we wait. */
  readonly onWait?: () => void;
}

const POLL_MS = 100;
const HEARTBEAT_MS = 5_000;
/** A lock of another computer counts as left behind when nobody has touched it for so long. */
const SILENT_MS = 60_000;

/**
 * Locks a file, which is made for it, against all other processes that do the same, also on other computers. A lock that a killed
 * process left behind is taken over. Waits until it is free; rejects with the signal's reason on abort.
 */
export async function lockFile(path: string, { signal, onWait }: LockOptions): Promise<FileLock> {
  for (let waited = false; ;) {
    const lock = await tryLockFile(path, { signal });
    if (lock !== undefined) return lock;
    if (!waited) onWait?.();
    waited = true;
    await sleep(POLL_MS * (0.5 + Math.random()), undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/** The same without waiting: undefined when somebody else holds it. */
export async function tryLockFile(
  path: string,
  { signal }: { readonly signal: AbortSignal },
): Promise<FileLock | undefined> {
  signal.throwIfAborted();
  await makeFolders(dirname(path));
  const own = await ownership();
  // The file appears with its content, so that nobody reads half of it.
  const draft = `${path}.${own.token}`;
  await writeFile(draft, JSON.stringify(own), { mode: 0o644 });
  try {
    if (await placed(draft, path)) return holdLock(path, own);
    if (!(await removeLeftover(path))) return undefined;
    return (await placed(draft, path)) ? holdLock(path, own) : undefined;
  } finally {
    await unlink(draft).catch(() => {});
  }
}

function holdLock(path: string, own: Owner): FileLock {
  const timer = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {}); // only other computers look at it
  }, HEARTBEAT_MS);
  timer.unref();
  let isHeld = true;
  return {
    async [Symbol.asyncDispose]() {
      if (!isHeld) return;
      isHeld = false;
      clearInterval(timer);
      // Another computer may have taken it over when this process was stopped for long.
      if ((await readOwner(path))?.token === own.token) await unlink(path).catch(() => {});
    },
  };
}

/** Removes the lock of a process that is gone. False: it is held. Of several that try, one succeeds. */
async function removeLeftover(path: string): Promise<boolean> {
  const owner = await readOwner(path);
  if (owner === undefined) return true; // given up just now
  if (!(await isLeftBehind(path, owner))) return false;
  // Only one process can make the second name of this owner's lock; it makes sure that the lock is still that one.
  const claim = `${path}.${owner.token}.left`;
  if (!(await placed(path, claim))) {
    const age = await ageMs(claim, "ctimeMs");
    if (age !== undefined && age > SILENT_MS) await unlink(claim).catch(() => {}); // who claimed it was killed too
    return false;
  }
  try {
    if ((await readOwner(claim))?.token !== owner.token) return false;
    await unlink(path);
    return true;
  } finally {
    await unlink(claim).catch(() => {});
  }
}

async function isLeftBehind(path: string, { place, pid, started }: Owner): Promise<boolean> {
  if (place === (await placeOfProcess())) return !isAlive(pid) || (await startOf(pid)) !== started;
  return ((await ageMs(path, "mtimeMs")) ?? 0) > SILENT_MS;
}

async function placed(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === "EEXIST" || (code === "ENOENT" && to.endsWith(".left"))) return false;
    throw error;
  }
}

async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    const owner = JSON.parse(await readFile(path, "utf8")) as Partial<Owner>;
    const { token = "", place = "", pid = 0, started = "" } = owner;
    return { token, place, pid, started };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    // Not ours to understand: a lock file of another program, or a damaged one. Old ones are taken over.
    return { token: "unknown", place: "", pid: 0, started: "" };
  }
}

async function ownership(): Promise<Owner> {
  const started = await startOf(process.pid);
  return { token: randomUUID(), place: await placeOfProcess(), pid: process.pid, started };
}

/** Containers of one computer may have its name but processes of their own. */
async function placeOfProcess(): Promise<string> {
  return `${hostname()} ${await readlink("/proc/self/ns/pid").catch(() => "")}`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

async function startOf(pid: number): Promise<string> {
  const line = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return line.slice(line.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

async function ageMs(path: string, time: "ctimeMs" | "mtimeMs"): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found && Date.now() - found[time];
}
