import { suggestionSentence } from "@ingot/hcl";
import { COMMANDS } from "./commands/registry.js";

/** Says, in one line, that there is no such command, and which one was probably meant. */
export function unknownCommandText(given: string): string {
  return `There is no command ${JSON.stringify(given)}.${suggestionSentence(given, Object.keys(COMMANDS))}\n`;
}
