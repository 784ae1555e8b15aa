import { isCommandName, type CommandName } from "./commands/registry.js";

/** What the arguments before, and the help flags anywhere among them, ask for. */
export type Request =
  | { readonly kind: "run"; readonly command: CommandName; readonly args: readonly string[] }
  | {
      readonly kind: "help";
      readonly command: CommandName | undefined;
      readonly status: 0 | 1 | 127;
      /** What was given for a command and is none. */
      readonly unknown?: string;
    }
  | { readonly kind: "completion"; readonly install: boolean; readonly uninstall: boolean }
  | { readonly kind: "invalid-flags"; readonly flags: readonly string[]; readonly command: CommandName | undefined };

const HELP_FLAGS = new Set(["-h", "-help", "--help"]);
const VERSION_FLAGS = new Set(["-v", "-version", "--version"]);

/** Reads the arguments up to the command, as Packer's users know it. `-machine-readable` must be gone already. */
export function readRequest(args: readonly string[]): Request {
  const topFlags: string[] = [];
  let command: string | undefined;
  let rest: readonly string[] = [];
  let wantsHelp = false;
  const completion = { install: false, uninstall: false };
  for (const [index, arg] of args.entries()) {
    if (arg === "--") break;
    if (HELP_FLAGS.has(arg)) wantsHelp = true;
    const setup = /^--?autocomplete-(install|uninstall)$/.exec(arg)?.[1];
    if (setup === "install" || setup === "uninstall") {
      completion[setup] = true;
      continue;
    }
    if (command !== undefined) continue;
    if (VERSION_FLAGS.has(arg)) return { kind: "run", command: "version", args: [] };
    if (!arg.startsWith("-")) {
      command = arg;
      rest = args.slice(index + 1);
    } else if (!HELP_FLAGS.has(arg)) {
      topFlags.push(arg);
    }
  }
  const known = command !== undefined && isCommandName(command) ? command : undefined;
  if (completion.install || completion.uninstall) return { kind: "completion", ...completion };
  // It has commands of its own, each with its help.
  if (wantsHelp && known === "plugins") return { kind: "run", command: known, args: [...rest, "-help"] };
  if (wantsHelp) return { kind: "help", command: known, status: 0 };
  if (topFlags.length > 0) return { kind: "invalid-flags", flags: topFlags, command: known };
  if (known === undefined)
    return { kind: "help", command: undefined, status: 127, ...(command !== undefined && { unknown: command }) };
  return { kind: "run", command: known, args: rest };
}
