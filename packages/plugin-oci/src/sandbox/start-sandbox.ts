import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { access, chmod, constants, copyFile, lstat, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeFolders } from "@ingot/sdk";
import { OciError, errorCode, messageOf } from "../oci-error.js";
import type { IdSpace } from "./id-space.js";
import { resolveInRoot } from "./resolve-in-root.js";
import { missingTool, runTool, toolEnvironment } from "./run-tool.js";
import { hostFolder, noOverlayStatus, sandboxScript } from "./sandbox-script.js";
import { takeSnapshot } from "./snapshot.js";

/** A running root file system in namespaces of its own. Disposing of it ends every process in it. */
export interface Sandbox extends AsyncDisposable {
  /** Where the host sees the root file system. Links in it must be resolved with care: see resolveInRoot. */
  readonly root: string;
  /** What to put before a command to run it inside; without a shell, as root, in "/". */
  readonly execPrefix: readonly string[];
  /** How changes are kept apart from the base. */
  readonly method: "overlay" | "copy";
}

/** What a sandbox is made of. */
export interface SandboxOptions {
  readonly ids: IdSpace;
  /** An empty folder for everything that the sandbox needs: see prepareWorkFolder. */
  readonly work: string;
  /** The base's folder when it is the user's own; absent when it is in the work folder. */
  readonly folder?: string;
  readonly network: "host" | "none";
  readonly signal: AbortSignal;
  /** Told why overlayfs could not be used. */
  readonly onFallback?: (reason: string) => void;
  /** Forces the slower way; for tests. */
  readonly method?: "copy";
}

/** Folders inside the work folder. The names are used by the script and by the readers of changes. */
export async function prepareWorkFolder(work: string): Promise<void> {
  for (const name of ["base", "skeleton", "upper", "work", "merged", "etc"]) await mkdir(join(work, name));
  for (const name of ["base", "skeleton", "upper"]) await chmod(join(work, name), 0o755); // becomes "/": any user may enter
}

/** Starts a sandbox over a base. Rejects with OciError when the kernel does not allow it. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  options.signal.throwIfAborted();
  const base = options.folder ?? join(options.work, "base");
  const mounts = await prepareMountPoints(options.work, base);
  if (options.method !== "copy") {
    const overlay = await launch(options, "overlay", mounts);
    if (typeof overlay !== "string") return overlay;
    options.onFallback?.(overlay);
  }
  await copyBase(options, base);
  const copy = await launch(options, "copy", mounts);
  if (typeof copy !== "string") return copy;
  throw new OciError("no-sandbox", `The root file system could not be prepared: ${copy}`);
}

interface MountPoints {
  readonly proc: string;
  readonly sys: string;
  readonly dev: string;
  readonly resolv: string;
  readonly hosts: string;
  readonly tmp: string;
}

/** Makes what the base lacks in a layer below it, where the image never sees it. */
async function prepareMountPoints(work: string, base: string): Promise<MountPoints> {
  const skeleton = join(work, "skeleton");
  const folder = async (path: string): Promise<string> => {
    const real = await resolveInRoot(base, path);
    await makeFolders(join(skeleton, real));
    return real;
  };
  const file = async (path: string): Promise<string> => {
    const real = await resolveInRoot(base, path);
    await copyFile(`/etc/${path.split("/").at(-1) ?? ""}`, join(work, path)).catch(() =>
      writeFile(join(work, path), ""),
    );
    await chmod(join(work, path), 0o644);
    await makeFolders(join(skeleton, dirname(real)));
    await writeFile(join(skeleton, real), "");
    return real;
  };
  await mkdir(join(skeleton, hostFolder));
  const hasTmp = await exists(join(base, await resolveInRoot(base, "tmp")));
  return {
    proc: await folder("proc"),
    sys: await folder("sys"),
    dev: await folder("dev"),
    resolv: await file("etc/resolv.conf"),
    hosts: await file("etc/hosts"),
    tmp: hasTmp ? "" : await folder("tmp"),
  };
}

async function copyBase({ ids, work, signal }: SandboxOptions, base: string): Promise<void> {
  await mkdir(join(work, "copy"));
  await chmod(join(work, "copy"), 0o755);
  const owners = ids.mode === "single" ? ["--no-preserve=ownership"] : [];
  for (const source of [join(work, "skeleton"), base])
    await runTool([...ids.prefix, "cp", "-a", ...owners, "--", `${source}/.`, `${work}/copy/`], { signal });
  await takeSnapshot({ ids, work, signal });
}

/** Gives the sandbox, or the reason why overlayfs cannot be used. Other trouble is thrown. */
async function launch(
  options: SandboxOptions,
  method: "overlay" | "copy",
  mounts: MountPoints,
): Promise<Sandbox | string> {
  const { ids, work, network, signal } = options;
  // Renamed folders must be copied whole: a layer cannot say "moved". With userxattr that is always so.
  const attributes = ids.isInitial ? "metacopy=off,redirect_dir=off" : "userxattr";
  const overlayOptions = `lowerdir=base:skeleton,upperdir=upper,workdir=work,index=off,${attributes}`;
  const namespaces = ["--mount", "--pid", "--ipc", "--uts", ...(network === "none" ? ["--net"] : [])];
  const { proc, sys, dev, resolv, hosts, tmp } = mounts;
  const script = join(work, "sandbox.sh"); // a file, because an argument would fill every process list
  await writeFile(script, sandboxScript);
  const scriptArguments = [work, method, overlayOptions, options.folder ?? "", proc, sys, dev, resolv, hosts, tmp];
  const command = [
    ...ids.prefix,
    ...["unshare", ...namespaces, "--fork", "--kill-child", "sh", script, ...scriptArguments],
  ];
  const [program = "", ...args] = command;
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], env: toolEnvironment() });
  child.stdin.on("error", () => undefined); // it may be gone when we close it
  let complaint = "";
  child.stderr.on("data", (data: Buffer) => (complaint = (complaint + data.toString()).slice(-2000)));
  const exited = once(child, "close") as Promise<[number | null]>;
  exited.catch(() => undefined); // a missing program shows up in the race below
  const stop = stopper(child, exited);
  signal.addEventListener("abort", stop.kill);
  try {
    const ready = once(child.stdout, "data") as Promise<[Buffer]>;
    ready.catch(() => undefined);
    const first = await Promise.race([ready, exited]);
    signal.throwIfAborted();
    const [line] = first;
    if (!(line instanceof Uint8Array)) {
      const reason = complaint.trim() || `status ${String(line)}`;
      if (line === noOverlayStatus) return reason;
      throw new OciError("no-sandbox", `The root file system could not be prepared: ${reason}`);
    }
    const pid = Number(/^ready (\d+)/.exec(line.toString())?.[1]);
    if (!Number.isInteger(pid)) throw new OciError("no-sandbox", "The sandbox gave no process id.");
    const enter = [await findProgram("nsenter"), `--target=${pid}`, ...ids.nsenterOptions, "--mount"];
    await detachHost(enter, pid);
    return {
      root: `/proc/${pid}/root`,
      execPrefix: [...enter, "--pid", "--ipc", "--uts", ...(network === "none" ? ["--net"] : []), "--"],
      method,
      [Symbol.asyncDispose]: async () => {
        signal.removeEventListener("abort", stop.kill);
        await stop.end();
      },
    };
  } catch (cause) {
    await stop.end();
    throw errorCode(cause) === "ENOENT" ? missingTool(program, cause) : cause;
  }
}

/** Drops the old root from the sandbox, with the old root's own program: the new one may have none. */
async function detachHost(enter: readonly string[], pid: number): Promise<void> {
  const root = `/proc/${pid}/root`;
  try {
    await runTool([...enter, `--root=${root}/${hostFolder}`, `--wd=${root}`, "--", "umount", "-c", "-l", hostFolder]);
  } catch (cause) {
    const detail = `The sandbox could not be closed off from the host: ${messageOf(cause)}`;
    throw new OciError("no-sandbox", detail, { cause });
  }
}

function stopper(child: ChildProcess, exited: Promise<unknown>): { kill: () => void; end: () => Promise<void> } {
  const kill = (): void => void child.kill("SIGKILL"); // unshare --kill-child takes the rest with it
  return {
    kill,
    end: async () => {
      child.stdin?.end();
      const timer = setTimeout(kill, 2_000);
      await exited.catch(() => undefined); // only its end matters
      clearTimeout(timer);
    },
  };
}

/** Finds a program with our own PATH: commands in the sandbox run with another one. */
async function findProgram(name: string): Promise<string> {
  for (const folder of (toolEnvironment()["PATH"] ?? "").split(":"))
    if (folder !== "" && (await isExecutable(join(folder, name)))) return join(folder, name);
  throw missingTool(name, undefined);
}

async function isExecutable(path: string): Promise<boolean> {
  return await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function exists(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    (error: unknown) => errorCode(error) !== "ENOENT" && errorCode(error) !== "ENOTDIR",
  );
}
