import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { test } from "@jest/globals";

/** Runs a program and gives its output. */
export async function run(program: string, args: readonly string[], options: { cwd?: string } = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 1 << 26, ...options });
  return stdout;
}

/** Makes a temp folder that any user may enter, and removes it at the end. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "oci-test-"));
  await chmod(folder, 0o755);
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * A test that needs programs. Where one is missing the test is skipped, and says so in its name; in CI it runs, and fails.
 */
export function testWith(
  programs: readonly string[],
  name: string,
  body: () => Promise<void>,
  timeoutMs = 60_000,
): void {
  const missing = programs.filter((program) => !isInstalled(program));
  if (missing.length === 0 || (process.env["CI"] ?? "") !== "") test(name, body, timeoutMs);
  else test.skip(`${name} (needs ${missing.join(", ")})`, body);
}

/** Tells whether a program is on the PATH. */
export function isInstalled(program: string): boolean {
  return `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`.split(":").some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false; // not in this folder
    }
  });
}

/** True when the tests run as root, so that they can also run things as other users. */
export const isRoot = process.geteuid?.() === 0;

/** Programs that a small root file system is made of. */
export const busybox = "busybox";

/** Makes a small root file system with a shell from the machine's static busybox. */
export async function makeRootfs(folder: string): Promise<string> {
  const rootfs = join(folder, "rootfs");
  for (const name of ["bin", "etc", "root", "home/app", "usr/lib", "tmp"])
    await mkdir(join(rootfs, name), { recursive: true });
  await chmod(join(rootfs, "tmp"), 0o1777);
  const program = (await run("sh", ["-c", "command -v busybox"])).trim();
  await copyFile(program, join(rootfs, "bin/busybox"));
  const applets = (await run(program, ["--list"])).trim().split("\n");
  for (const name of applets) if (name !== "busybox") await symlink("busybox", join(rootfs, "bin", name));
  await writeFile(join(rootfs, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000:app:/home/app:/bin/sh\n");
  await writeFile(join(rootfs, "etc/group"), "root:x:0:\napp:x:1000:\n");
  await writeFile(join(rootfs, "etc/motd"), "welcome\n");
  await symlink("usr/lib", join(rootfs, "lib"));
  return rootfs;
}
