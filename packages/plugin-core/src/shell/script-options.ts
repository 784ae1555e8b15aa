import { statSync } from "node:fs";
import { schema as s, type Problem } from "@ingot/sdk";
import { systemError } from "../system-error.js";
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

/** Options that say which scripts to run. */
export interface ScriptSources {
  readonly inline: readonly string[] | undefined;
  readonly script: string | undefined;
  readonly scripts: readonly string[] | undefined;
  readonly environment_vars: readonly string[];
}

/** The checks of provisioners that run scripts on the machine. */
export function checkScriptSources(config: ScriptSources): readonly Problem[] {
  const hasScript = config.script !== undefined && config.script !== "";
  const hasScripts = (config.scripts ?? []).length > 0;
  const hasInline = (config.inline ?? []).length > 0;
  const problems: Problem[] = [];
  if (hasScript && hasScripts) problems.push("Only one of script or scripts can be specified.");
  if (!hasScript && !hasScripts && !hasInline) {
    problems.push("Either a script file or inline script must be specified.");
  }
  if ((hasScript || hasScripts) && hasInline) {
    problems.push("Only a script file or an inline script can be specified, not both.");
  }
  return [...problems, ...checkScripts(localScripts(config)), ...checkEnvironment(config.environment_vars)];
}

/** The scripts on this machine that are named: `script` wins over `scripts`. */
export function localScripts({ script, scripts }: Pick<ScriptSources, "script" | "scripts">): readonly string[] {
  return script !== undefined && script !== "" ? [script] : (scripts ?? []);
}

/** Problems of paths and of `environment_vars`. */
export function checkScripts(scripts: readonly string[]): readonly Problem[] {
  return scripts.flatMap((path) => {
    try {
      statSync(path);
      return [];
    } catch (error) {
      return [`Bad script '${path}': ${systemError("stat", path, error)}`];
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

/** The error for a status that is not among the allowed ones; nothing when it is. An empty list is as good as none. */
export function checkExitStatus(status: number, given: readonly number[]): void {
  const valid = given.length === 0 ? [0] : given;
  if (valid.includes(status)) return;
  throw new Error(`Script exited with non-zero exit status: ${status}. Allowed exit codes are: [${valid.join(" ")}]`);
}
