import { isError, messageOf } from "@ingot/diag";
import type { Console } from "./console.js";
import { wantsLog } from "./settings.js";
import type { Ui } from "./ui.js";

/**
 * Reports what went wrong outside of the template: what happened and why, the stack only for those who log or for our own mistakes.
 * Gives the exit status.
 */
export function reportFailure(error: unknown, { ui, console }: { readonly ui: Ui; readonly console: Console }): number {
  // The heavy commands have a class of their own of that name.
  if (isError(error) && error.name === "StartupError") {
    console.stderr.write(error.message);
    return 1;
  }
  const isBug = isOurMistake(error);
  ui.error(`Error: ${[messageOf(error), ...causesOf(error)].join(": ")}`);
  if (isBug)
    ui.error(
      "This is a mistake in Ingot. Please report it, with the lines above, what you ran, and its log (INGOT_LOG=1).",
    );
  if ((isBug || wantsLog(console.env)) && isError(error)) console.stderr.write(`${error.stack ?? ""}\n`);
  return 1;
}

/** The messages of the causes that the messages before don't contain already. */
function causesOf(error: unknown): readonly string[] {
  const messages: string[] = [];
  let said = messageOf(error);
  for (let cause = isError(error) ? error.cause : undefined; isError(cause); cause = cause.cause) {
    if (!said.includes(cause.message)) messages.push(cause.message);
    said += cause.message;
  }
  return messages;
}

function isOurMistake(error: unknown): boolean {
  if (!isError(error)) return true;
  return error.message.startsWith("bug: ") || ["TypeError", "ReferenceError", "RangeError"].includes(error.name);
}
