import { messageOf } from "@ingot/diag";

const WORDS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EEXIST: "file exists",
  EISDIR: "is a directory",
  ELOOP: "too many levels of symbolic links",
  ENOENT: "no such file or directory",
  ENOSPC: "no space left on device",
  ENOTDIR: "not a directory",
  EROFS: "read-only file system",
};

/** A failed system call in the words that users of Packer know: "stat a.txt: no such file or directory". */
export function systemError(operation: string, path: string, error: unknown): string {
  const code = codeOf(error);
  return `${operation} ${path}: ${(code && WORDS[code]) ?? messageOf(error)}`;
}

/** The system's code of an error. */
export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}
