import { messageOf, systemReason } from "@ingot/diag";

/** A failed system call in the words that users of Packer know: "stat a.txt: no such file or directory". */
export function systemError(operation: string, path: string, error: unknown): string {
  return `${operation} ${path}: ${systemReason(error) ?? messageOf(error)}`;
}

/** The system's code of an error. */
export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}
