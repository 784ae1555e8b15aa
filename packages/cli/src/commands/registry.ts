import type { Console } from "../console.js";
import type { StartedEarly } from "../start-early.js";

/** What every command gets. */
export interface CommandContext {
  readonly args: readonly string[];
  readonly console: Console;
  /** `-machine-readable` stood somewhere among the arguments. */
  readonly machineReadable: boolean;
  /** The core plugin, when it was started with the command. */
  readonly early?: StartedEarly | undefined;
}

/** A command: runs and gives the exit status. Rejects for troubles of the world and bugs only. */
export type RunCommand = (context: CommandContext) => Promise<number>;

/** One line of the list of commands. What a command needs is loaded when it runs. */
export interface CommandEntry {
  readonly synopsis: string;
  readonly loadHelp: () => Promise<{ readonly HELP: string }>;
  readonly load: () => Promise<{ readonly runCommand: RunCommand }>;
}

export const COMMANDS = {
  build: {
    synopsis: "builds images from a template",
    loadHelp: () => import("./build/help.js"),
    load: () => import("./build/command.js"),
  },
  completion: {
    synopsis: "prints a script for completion in a shell",
    loadHelp: () => import("./completion/help.js"),
    load: () => import("./completion/command.js"),
  },
  console: {
    synopsis: "evaluates expressions of a template",
    loadHelp: () => import("./console/help.js"),
    load: () => import("./console/command.js"),
  },
  fix: {
    synopsis: "updates old JSON templates",
    loadHelp: () => import("./fix/help.js"),
    load: () => import("./fix/command.js"),
  },
  fmt: {
    synopsis: "rewrites templates in the canonical layout",
    loadHelp: () => import("./fmt/help.js"),
    load: () => import("./fmt/command.js"),
  },
  hcl2_upgrade: {
    synopsis: "writes an old JSON template in HCL",
    loadHelp: () => import("./hcl2-upgrade/help.js"),
    load: () => import("./hcl2-upgrade/command.js"),
  },
  init: {
    synopsis: "installs the plugins that a template requires",
    loadHelp: () => import("./init/help.js"),
    load: () => import("./init/command.js"),
  },
  inspect: {
    synopsis: "shows what a template contains",
    loadHelp: () => import("./inspect/help.js"),
    load: () => import("./inspect/command.js"),
  },
  plugins: {
    synopsis: "works with the plugins that are installed",
    loadHelp: () => import("./plugins/help.js"),
    load: () => import("./plugins/command.js"),
  },
  validate: {
    synopsis: "checks that a template is valid",
    loadHelp: () => import("./validate/help.js"),
    load: () => import("./validate/command.js"),
  },
  version: {
    synopsis: "prints the version",
    loadHelp: () => import("./version/help.js"),
    load: () => import("./version/command.js"),
  },
} as const satisfies Readonly<Record<string, CommandEntry>>;

export type CommandName = keyof typeof COMMANDS;

export function isCommandName(text: string): text is CommandName {
  return Object.hasOwn(COMMANDS, text);
}

/** The help for `ingot` without a command. */
export function globalHelp(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const lines = Object.entries(COMMANDS).map(([name, { synopsis }]) => `    ${name.padEnd(width)}    ${synopsis}`);
  return `Usage: ingot [--version] [--help] <command> [<args>]\n\nAvailable commands are:\n${lines.join("\n")}\n`;
}
