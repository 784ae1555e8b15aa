import { messageOf } from "@ingot/diag";

/** Why a call of the system failed, in the system's words and without Node's: "permission denied". */
export function reasonOf(error: unknown): string {
  const text = messageOf(error);
  return /^E[A-Z]+: ([^,]+)/.exec(text)?.[1] ?? text;
}
