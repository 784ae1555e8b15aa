import { messageOf } from "@ingot/sdk";

const WORDS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EEXIST: "file exists",
  EISDIR: "is a directory",
  ELOOP: "too many levels of symbolic links",
  ENAMETOOLONG: "file name too long",
  ENOENT: "no such file or directory",
  ENOEXEC: "exec format error",
  ENOSPC: "no space left on device",
  ENOTDIR: "not a directory",
  EPERM: "operation not permitted",
  EROFS: "read-only file system",
};

/** A failed system call in the words that Packer's users know: "open a.txt: no such file or directory". */
export function systemError(operation: string, path: string, error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
  return `${operation} ${path}: ${WORDS[code] ?? messageOf(error)}`;
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
