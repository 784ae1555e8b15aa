import { isError } from "@ingot/diag";

/** Something that keeps a plugin from being installed. The message is for people: what, where, what to do. */
export class InstallError extends Error {
  override readonly name = "InstallError";
}

/** Tells such an error from a bug: also when another copy of this package threw it. */
export function isInstallError(error: unknown): error is InstallError {
  return isError(error) && error.name === "InstallError";
}
