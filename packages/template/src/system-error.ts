import { messageOf } from "@ingot/diag";

const TEXTS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EISDIR: "is a directory",
  ENOTDIR: "not a directory",
  ELOOP: "too many levels of symbolic links",
  ENAMETOOLONG: "file name too long",
};

/** The Node-style code of an error of the world; empty without one. */
export function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null)?.code; // any thrown value may have one
  return typeof code === "string" ? code : "";
}

/** An error of the world in the operating system's words. */
export function systemText(error: unknown): string {
  return TEXTS[codeOf(error)] ?? messageOf(error);
}
