import { statSync } from "node:fs";
import { dirname } from "node:path";
import { makeFolders, messageOf, systemReason } from "@ingot/sdk";

/** A failed system call in the words that Packer's users know: "open a.txt: no such file or directory". */
export function systemError(operation: string, path: string, error: unknown): string {
  return `${operation} ${path}: ${systemReason(error) ?? messageOf(error)}`;
}

/** For `catch`: throws the same with words before it. */
export function addPrefix(prefix: string): (error: unknown) => never {
  return (error) => {
    throw new Error(prefix + messageOf(error), { cause: error });
  };
}

/** For `catch`: throws words and the failed system call. */
export function failedCall(prefix: string, operation: string, path: string): (error: unknown) => never {
  return (error) => {
    throw new Error(prefix + systemError(operation, path, error), { cause: error });
  };
}

/** Makes a folder and those above it. Rejects with words and what is in the way: "mkdir a/b: not a directory". */
export async function makeFolder(path: string, prefix = ""): Promise<void> {
  try {
    await makeFolders(path, 0o755);
  } catch (error) {
    const blocker = blockerOf(path);
    if (blocker !== undefined) throw new Error(`${prefix}mkdir ${blocker}: not a directory`, { cause: error });
    failedCall(prefix, "mkdir", path)(error);
  }
}

/** What is no folder on the way to a folder. */
function blockerOf(path: string): string | undefined {
  const above = dirname(path);
  const blocker = above === path ? undefined : blockerOf(above);
  if (blocker !== undefined) return blocker;
  const info = statSync(path, { throwIfNoEntry: false });
  return info === undefined || info.isDirectory() ? undefined : path;
}
