import { statSync } from "node:fs";
import { messageOf, schema as s, type Problem } from "@ingot/sdk";
import { malformedEntries } from "./environment.js";

/** The options that all components of the shell family share. */
export const SCRIPT_OPTIONS = {
  inline: s.list(s.string(), { describe: "The lines of a script.", optional: true }),
  script: s.string({ describe: "A script's path, relative to the working directory.", optional: true }),
  scripts: s.list(s.string(), { describe: "Paths of scripts that run one after another.", optional: true }),
  valid_exit_codes: s.list(s.integer(), { describe: "The exit codes that count as success.", default: [0] }),
  environment_vars: s.list(s.string(), { describe: "Environment variables, each `KEY=VALUE`.", default: [] }),
  env: s.map(s.string(), {
    describe: "Environment variables by name; they win over `environment_vars`.",
    default: {},
  }),
  env_var_format: s.string({
    describe: "How a variable is written before the command: a format with two `%s`, name and value.",
    optional: true,
  }),
};

/** Problems of paths and of `environment_vars`. */
export function checkScripts(scripts: readonly string[]): readonly Problem[] {
  return scripts.flatMap((path) => {
    try {
      statSync(path);
      return [];
    } catch (error) {
      return [`Bad script '${path}': ${statError(path, error)}`];
    }
  });
}

/** Problems of `environment_vars`. */
export function checkEnvironment(environmentVars: readonly string[]): readonly Problem[] {
  return malformedEntries(environmentVars).map((entry) => ({
    summary: `Environment variable not in format 'key=value': ${entry}`,
    path: ["environment_vars"],
  }));
}

/** A failed `stat` in the words that Packer's users know: "stat a.sh: no such file or directory". */
export function statError(path: string, error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const known: Readonly<Record<string, string>> = {
    ENOENT: "no such file or directory",
    EACCES: "permission denied",
    ENOTDIR: "not a directory",
  };
  return `stat ${path}: ${known[code ?? ""] ?? messageOf(error)}`;
}

/** The error for a status that is not among the allowed ones; nothing when it is. */
export function checkExitStatus(status: number, valid: readonly number[]): void {
  if (valid.includes(status)) return;
  throw new Error(`Script exited with non-zero exit status: ${status}. Allowed exit codes are: [${valid.join(" ")}]`);
}
