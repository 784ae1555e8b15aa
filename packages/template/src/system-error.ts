import { messageOf, systemReason } from "@ingot/diag";

/** The Node-style code of an error of the world; empty without one. */
export function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null)?.code; // any thrown value may have one
  return typeof code === "string" ? code : "";
}

/** An error of the world in the operating system's words. */
export function systemText(error: unknown): string {
  return systemReason(error) ?? messageOf(error);
}
