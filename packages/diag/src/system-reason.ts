/** By Node's codes; the words are those of Unix, which Go and so Packer's users have too. */
const REASONS: ReadonlyMap<unknown, string> = new Map([
  ["EACCES", "permission denied"],
  ["EEXIST", "file exists"],
  ["EISDIR", "is a directory"],
  ["ELOOP", "too many levels of symbolic links"],
  ["ENAMETOOLONG", "file name too long"],
  ["ENOENT", "no such file or directory"],
  ["ENOEXEC", "exec format error"],
  ["ENOSPC", "no space left on device"],
  ["ENOTDIR", "not a directory"],
  ["EPERM", "operation not permitted"],
  ["EROFS", "read-only file system"],
]);

/** Why a call of the system failed, without Node's words around it: "permission denied". Undefined for errors of other kinds. */
export function systemReason(error: unknown): string | undefined {
  return REASONS.get((error as { readonly code?: unknown } | null | undefined)?.code); // any thrown value may have one
}
