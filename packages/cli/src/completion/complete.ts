import { COMMANDS, isCommandName, type CommandName } from "../commands/registry.js";
import type { Console } from "../console.js";
import { completeFiles } from "./complete-files.js";
import { listCommands, listFlags, type FlagHelp } from "./list-flags.js";
import type { TypedLine } from "./split-words.js";

/** One way to go on. */
export interface Candidate {
  /** The whole word. */
  readonly text: string;
  readonly summary: string;
  /** More belongs to the same word: a value, or what is in a folder. */
  readonly isUnfinished?: boolean;
}

const GLOBAL_FLAGS: readonly (readonly [string, string])[] = [
  ["-autocomplete-install", "Turn completion on in the shells of this user"],
  ["-autocomplete-uninstall", "Turn it off again"],
  ["-help", "Show the commands"],
  ["-version", "Print the version"],
];

const VALUES: Readonly<Record<string, readonly string[]>> = {
  "on-error": ["cleanup", "abort", "ask", "run-cleanup-provisioner"],
  "config-type": ["hcl2", "json"],
  format: ["text", "markdown", "json"],
  lockfile: ["update", "readonly"],
};
const SHELLS = ["bash", "zsh", "fish"];
const VARIABLE_FILE = /\.(hcl|json)$/;
const TEMPLATE_FILE = /\.(pkr\.hcl|json)$/;
const FORMATTED_FILE = /\.(pkr|pkrvars)\.hcl$/;

/** Gives the words that fit at the cursor. `after` are the words behind it. */
export async function complete(
  { before, current }: TypedLine,
  { console, after }: { readonly console: Console; readonly after: readonly string[] },
): Promise<readonly Candidate[]> {
  const folder = console.workingDirectory;
  const at = before.findIndex((word) => !word.startsWith("-"));
  const name = before[at];
  if (name === undefined) return topLevel(current);
  if (!isCommandName(name)) return [];
  if (name === "plugins") return await completePlugins(before.slice(at + 1), { current, console });
  const flags = listFlags((await COMMANDS[name].loadHelp()).HELP);
  const { pending, positionals } = readWords(before.slice(at + 1), flags);
  const context = { folder, template: [...after].reverse().find((word) => !word.startsWith("-")) };
  if (pending !== undefined) return await completeValue(pending, { typed: current, prefix: "", ...context });
  if (!current.startsWith("-") || positionals > 0)
    return positionals > 0 && name !== "fmt" ? [] : argument(name, current, folder);
  return await completeFlag(current, flags, context);
}

/** What comes after `plugins`: a command, its flags and arguments. */
async function completePlugins(
  words: readonly string[],
  { current, console }: { readonly current: string; readonly console: Console },
): Promise<readonly Candidate[]> {
  const folder = console.workingDirectory;
  const { HELP } = await COMMANDS.plugins.loadHelp();
  const [name, ...rest] = words;
  if (name === undefined) return starting(listCommands(HELP), current);
  const { SUBCOMMANDS } = await import("../commands/plugins/command.js");
  const help = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name]?.help : undefined;
  if (help === undefined) return [];
  const flags = listFlags(help);
  const { pending, positionals } = readWords(rest, flags);
  if (pending !== undefined) return await completeValue(pending, { typed: current, prefix: "", folder });
  if (current.startsWith("-") && positionals === 0) return await completeFlag(current, flags, { folder });
  const { pluginWords } = await import("./plugin-words.js");
  const found = await pluginWords(name, { positionals: rest.slice(rest.length - positionals), console });
  if (found !== undefined) return starting(found, current);
  return positionals > 0 || name === "install" ? [] : completeFiles(current, { folder, fitting: TEMPLATE_FILE });
}

/** A flag that is being typed, or its value. */
async function completeFlag(
  current: string,
  flags: readonly FlagHelp[],
  context: { readonly folder: string; readonly template?: string | undefined },
): Promise<readonly Candidate[]> {
  const equals = current.indexOf("=");
  if (equals === -1) return flagNames(flags, current);
  const flag = flags.find((one) => one.name === current.slice(0, equals).replace(/^--?/, ""));
  if (flag === undefined) return [];
  const [prefix, typed] = [current.slice(0, equals + 1), current.slice(equals + 1)];
  return await completeValue(flag, { typed, prefix, ...context });
}

function topLevel(current: string): readonly Candidate[] {
  if (current.startsWith("-"))
    return starting(
      GLOBAL_FLAGS.map(([text, summary]) => ({ text, summary })),
      current,
    );
  return starting(
    Object.entries(COMMANDS).map(([text, { synopsis }]) => ({ text, summary: synopsis })),
    current,
  );
}

/** Which flag waits for its value, and how many words are no flags. */
function readWords(
  words: readonly string[],
  flags: readonly FlagHelp[],
): { readonly pending: FlagHelp | undefined; readonly positionals: number } {
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "--") return { pending: undefined, positionals: words.length - at - 1 };
    if (!word.startsWith("-") || word === "-") return { pending: undefined, positionals: words.length - at };
    const flag = flags.find(({ name }) => name === word.replace(/^--?/, ""));
    if (flag === undefined || flag.isSwitch) continue;
    if (++at === words.length) return { pending: flag, positionals: 0 };
  }
  return { pending: undefined, positionals: 0 };
}

function flagNames(flags: readonly FlagHelp[], current: string): readonly Candidate[] {
  const dashes = current.startsWith("--") ? "--" : "-";
  const all = flags.map(({ name, isSwitch, summary }) => ({
    text: `${dashes}${name}${isSwitch ? "" : "="}`,
    ...{ summary, isUnfinished: !isSwitch },
  }));
  return starting(all, current);
}

function argument(name: CommandName, current: string, folder: string): readonly Candidate[] {
  if (name === "completion")
    return starting(
      SHELLS.map((text) => ({ text, summary: "" })),
      current,
    );
  if (name === "version") return [];
  return completeFiles(current, { folder, fitting: name === "fmt" ? FORMATTED_FILE : TEMPLATE_FILE });
}

async function completeValue(
  { name, isSwitch }: FlagHelp,
  options: {
    readonly typed: string;
    /** What stands in front of the value in the same word. */
    readonly prefix: string;
    readonly folder: string;
    readonly template?: string | undefined;
  },
): Promise<readonly Candidate[]> {
  const { typed, prefix, folder } = options;
  const withPrefix = (found: readonly Candidate[]): readonly Candidate[] =>
    found.map((candidate) => ({ ...candidate, text: prefix + candidate.text }));
  const words = isSwitch ? ["true", "false"] : VALUES[name];
  if (words !== undefined)
    return withPrefix(
      starting(
        words.map((text) => ({ text, summary: "" })),
        typed,
      ),
    );
  if (name === "var-file") return withPrefix(completeFiles(typed, { folder, fitting: VARIABLE_FILE }));
  if (name === "json-into" || name === "path") return withPrefix(completeFiles(typed, { folder, fitting: /./ }));
  if (name !== "only" && name !== "except" && name !== "var") return [];
  const path = await import("node:path");
  const { readTemplateNames } = await import("./template-names.js");
  const names = readTemplateNames(path.resolve(folder, options.template ?? "."));
  if (name === "var") {
    if (typed.includes("=")) return [];
    const variables = [...names.variables].map(([text, summary]) => ({
      text: `${text}=`,
      summary,
      isUnfinished: true,
    }));
    return withPrefix(starting(variables, typed));
  }
  const listed = typed.slice(0, typed.lastIndexOf(",") + 1);
  const others = new Set(listed.split(","));
  const builds = names.builds
    .filter((build) => !others.has(build))
    .map((build) => ({ text: listed + build, summary: "" }));
  return withPrefix(starting(builds, typed));
}

function starting(candidates: readonly Candidate[], typed: string): readonly Candidate[] {
  return candidates.filter(({ text }) => text.startsWith(typed));
}
