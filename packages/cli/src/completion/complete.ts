import { COMMANDS, isCommandName, type CommandName } from "../commands/registry.js";
import { completeFiles } from "./complete-files.js";
import { listFlags, type FlagHelp } from "./list-flags.js";
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
};
const SHELLS = ["bash", "zsh", "fish"];
const VARIABLE_FILE = /\.(hcl|json)$/;
const TEMPLATE_FILE = /\.(pkr\.hcl|json)$/;
const FORMATTED_FILE = /\.(pkr|pkrvars)\.hcl$/;

/** Gives the words that fit at the cursor. `after` are the words behind it. */
export async function complete(
  { before, current }: TypedLine,
  { folder, after }: { readonly folder: string; readonly after: readonly string[] },
): Promise<readonly Candidate[]> {
  const at = before.findIndex((word) => !word.startsWith("-"));
  const name = before[at];
  if (name === undefined) return topLevel(current);
  if (!isCommandName(name)) return [];
  const flags = listFlags((await COMMANDS[name].loadHelp()).HELP);
  const { pending, positionals } = readWords(before.slice(at + 1), flags);
  const context = { folder, template: [...after].reverse().find((word) => !word.startsWith("-")) };
  if (pending !== undefined) return await completeValue(pending, { typed: current, prefix: "", ...context });
  if (!current.startsWith("-") || positionals > 0)
    return positionals > 0 && name !== "fmt" ? [] : argument(name, current, folder);
  const equals = current.indexOf("=");
  if (equals === -1) return flagNames(flags, current);
  const flag = flags.find((one) => one.name === current.slice(0, equals).replace(/^--?/, ""));
  if (flag === undefined) return [];
  return await completeValue(flag, {
    typed: current.slice(equals + 1),
    prefix: current.slice(0, equals + 1),
    ...context,
  });
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
    readonly template: string | undefined;
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
  if (name === "json-into") return withPrefix(completeFiles(typed, { folder, fitting: /./ }));
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
