import { messageOf } from "@ingot/diag";
import { FAILURE, NO_SUCH_FILE, PERMISSION_DENIED } from "./sftp-wire.js";

/** A failed operation on a file, with the path and SFTP's status. */
export class SftpError extends Error {
  override readonly name = "SftpError";
  readonly status: number | undefined;

  constructor(what: string, path: string, cause: unknown) {
    const { code } = cause as { readonly code?: number };
    const reasons: Readonly<Record<number, string>> = {
      [NO_SUCH_FILE]: "no such file or folder",
      [PERMISSION_DENIED]: "permission denied",
      [FAILURE]: "the machine refused it without a reason",
    };
    super(`Cannot ${what} "${path}" on the machine: ${reasons[code ?? 0] ?? messageOf(cause)}`, { cause });
    this.status = code;
  }
}
