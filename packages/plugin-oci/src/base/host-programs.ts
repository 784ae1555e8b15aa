import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, chmod, copyFile, open, readlink, realpath, symlink, writeFile } from "node:fs/promises";
import { basename, delimiter, dirname, isAbsolute, join } from "node:path";
import { promisify } from "node:util";
import { makeFolders } from "@ingot/sdk";

const run = promisify(execFile);

/**
 * Lists the files that programs of this machine need: themselves, their shared libraries, and for scripts the interpreters.
 * Programs are names to look up on the PATH, or absolute paths. Rejects with an Error that names a program that is not found.
 */
export async function listHostFiles(programs: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
  const files = new Set<string>();
  for (const program of programs) await addProgram(await findProgram(program), files, signal);
  return [...files].sort();
}

/**
 * Fills a folder with files of this machine at the same paths as here, and with what nearly every program expects to find, so that
 * it can serve as a root file system. Meant for examples, tests and machines without a network: the result is as old and as patched
 * as this machine.
 */
export async function copyHostFiles(files: readonly string[], directory: string): Promise<void> {
  for (const file of files) await copyInto(directory, file);
  await addSkeleton(directory);
}

async function findProgram(program: string): Promise<string> {
  const candidates = isAbsolute(program)
    ? [program]
    : (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, program));
  for (const candidate of candidates) {
    const usable = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (usable) return candidate;
  }
  throw new Error(
    `The program ${JSON.stringify(program)} was not found on this machine (PATH). Install it or leave it out.`,
  );
}

/** Adds a program, its shared libraries, and for a script its interpreter. */
async function addProgram(path: string, files: Set<string>, signal: AbortSignal): Promise<void> {
  if (files.has(path)) return;
  files.add(path);
  const interpreter = await shebang(path);
  if (interpreter !== undefined) return addProgram(await findProgram(interpreter), files, signal);
  for (const library of await sharedLibraries(path, signal)) files.add(library);
}

async function shebang(path: string): Promise<string | undefined> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0);
    return /^#!\s*(\S+)/.exec(buffer.toString("latin1", 0, bytesRead))?.[1];
  } finally {
    await file.close();
  }
}

/** Asks the dynamic linker; a static program has none. */
async function sharedLibraries(path: string, signal: AbortSignal): Promise<readonly string[]> {
  try {
    const { stdout } = await run("ldd", [path], { signal });
    return [...stdout.matchAll(/(?:=> |^\s+)(\/\S+) \(0x/gm)].flatMap(([, library]) => library ?? []);
  } catch (error) {
    signal.throwIfAborted();
    if (/not a dynamic executable|statically linked|Not a valid dynamic program/i.test(JSON.stringify(error)))
      return [];
    throw new Error(`The shared libraries of ${path} could not be listed with ldd.`, { cause: error });
  }
}

/** Copies a file to where its folder really is: `/bin` is a link to `usr/bin` on most machines, and becomes one here too. */
async function copyInto(directory: string, file: string): Promise<void> {
  const folder = await realpath(dirname(file));
  const target = join(directory, folder, basename(file));
  await makeFolders(dirname(target));
  await copyFile(await realpath(file), target);
  await chmod(target, 0o755);
}

async function addSkeleton(directory: string): Promise<void> {
  for (const folder of ["dev", "etc", "proc", "root", "sys", "tmp", "var/tmp"])
    await makeFolders(join(directory, folder));
  for (const folder of ["tmp", "var/tmp"]) await chmod(join(directory, folder), 0o1777);
  for (const folder of ["bin", "sbin", "lib", "lib32", "lib64"]) {
    const link = await readlink(`/${folder}`).catch(() => undefined); // not there, or a real folder
    if (link !== undefined) await symlink(link.replace(/^\//, ""), join(directory, folder));
  }
  await writeFile(
    join(directory, "etc/passwd"),
    "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n",
  );
  await writeFile(join(directory, "etc/group"), "root:x:0:\nnogroup:x:65534:\n");
}
