import { resolve } from "node:path";
import { runLocally, schema as s, type BuildInfo, type InferFields, type Problem, type Ui } from "@ingot/sdk";
import { renderUntilStable } from "../render.js";
import { flattenEnvironment, scriptEnvironment } from "./environment.js";
import { writeScriptFile, type ScriptFile } from "./inline-script.js";
import { scriptFacts } from "./script-facts.js";
import { SCRIPT_OPTIONS, checkEnvironment, checkExitStatus, checkScripts } from "./script-options.js";

const IS_WINDOWS = process.platform === "win32";
const SYSTEMS = ["darwin", "freebsd", "linux", "openbsd", "solaris", "windows"];
const SHEBANG = IS_WINDOWS ? "" : "/bin/sh -e";
const DEFAULT_COMMAND = IS_WINDOWS
  ? ["cmd", "/V", "/C", "{{.Vars}}", "call", "{{.Script}}"]
  : ["/bin/sh", "-c", "{{.Vars}} {{.Script}}"];

const fields = {
  ...SCRIPT_OPTIONS,
  command: s.string({ describe: "The only line of a script; `inline` does the same and more.", optional: true }),
  execute_command: s.list(s.string(), {
    interpolate: false,
    describe:
      "The program and arguments that run a script; `{{.Vars}}` and `{{.Script}}` stand for variables and path.",
    default: DEFAULT_COMMAND,
  }),
  inline_shebang: s.string({
    describe: "The interpreter of `inline`, without `#!`.",
    default: SHEBANG,
  }),
  only_on: s.list(s.string(), {
    describe: "The operating systems on which to run; elsewhere it is skipped.",
    default: [],
  }),
  tempfile_extension: s.string({
    describe: "The extension of the file into which `inline` is written.",
    default: IS_WINDOWS ? ".cmd" : "",
  }),
  use_linux_pathing: s.boolean({
    describe: "Give scripts paths of the Windows Subsystem for Linux.",
    default: false,
  }),
};

/** The decoded configuration of `shell-local`. */
export type ShellLocalConfig = InferFields<typeof fields>;

/** The configuration of `shell-local`, which is a provisioner and a post-processor. */
export const shellLocalConfig = s.object(fields, {
  check: checkShellLocal,
  templateErrorPrefix: "Error decoding config: ",
});

type Sources = Pick<
  ShellLocalConfig,
  "command" | "inline" | "script" | "scripts" | "only_on" | "use_linux_pathing" | "environment_vars"
>;

function checkShellLocal(config: Sources): readonly Problem[] {
  const { only_on: onlyOn, use_linux_pathing: useLinuxPathing } = config;
  const unknown = onlyOn.find((system) => !SYSTEMS.includes(system));
  if (unknown !== undefined) {
    const summary = `Invalid OS specified in only_on: '${unknown}'\nSupported OS names: ${SYSTEMS.join(", ")}`;
    return [{ summary, path: ["only_on"] }];
  }
  const given = [
    config.command ?? "",
    config.script ?? "",
    ...[config.inline, config.scripts].map((list) => list?.[0]),
  ];
  const count = given.filter((value) => value !== undefined && value !== "").length;
  const problems: Problem[] = [];
  if (count === 0) problems.push("Command, Inline, Script and Scripts options cannot all be empty.");
  if (count > 1) {
    const detail = "Please consolidate these options in your config.";
    problems.push(`You may only specify one of the following options: Command, Inline, Script or Scripts. ${detail}`);
  }
  problems.push(...checkScripts(scriptsOf(config)));
  if (useLinuxPathing && scriptsOf(config).length === 0) {
    const reason = "Packer is unable to use the Command and Inline features with the Windows Linux Subsystem.";
    problems.push(`${reason} Please use the Script or Scripts options instead`);
  }
  return [...problems, ...checkEnvironment(config.environment_vars)];
}

function scriptsOf({ script, scripts }: Pick<Sources, "script" | "scripts">): readonly string[] {
  return script !== undefined && script !== "" ? [script] : (scripts ?? []);
}

export interface ShellLocalRun {
  readonly config: ShellLocalConfig;
  readonly build: BuildInfo;
  readonly ui: Ui;
  readonly signal: AbortSignal;
  /** The values of `build.NAME`. */
  readonly generatedData: Readonly<Record<string, unknown>>;
}

/** Runs the scripts on this machine, one after another. Rejects when one can't be started or ends with a status not allowed. */
export async function runShellLocal({ config, build, ui, signal, generatedData }: ShellLocalRun): Promise<void> {
  const system = IS_WINDOWS ? "windows" : process.platform === "sunos" ? "solaris" : process.platform;
  if (config.only_on.length > 0 && !config.only_on.includes(system)) {
    ui.say("Skipping shell-local due to runtime OS");
    return;
  }
  const environmentVars = config.environment_vars.map((entry) => renderUntilStable(entry, generatedData, build));
  const variables = scriptEnvironment({ facts: scriptFacts(build, generatedData), environmentVars, env: config.env });
  const format = config.env_var_format || (IS_WINDOWS && !config.use_linux_pathing ? "set %s=%s && " : "%s='%s' ");
  const vars = flattenEnvironment(variables, format);

  const scripts = scriptsOf(config);
  await using inline = scripts.length === 0 ? await writeInline(config, generatedData, build) : undefined;
  for (const path of inline === undefined ? scripts : [inline.path]) {
    const script = config.use_linux_pathing ? linuxPath(resolve(path)) : resolve(path);
    const data = { ...generatedData, Vars: vars, Script: script, Command: script };
    const command = config.execute_command.length === 0 ? DEFAULT_COMMAND : config.execute_command;
    const argv = command.map((part) => renderUntilStable(part, data, build));
    ui.say(`Running local shell script: ${path}`);
    const own = { PACKER_RUN_UUID: build.runId };
    const exit = await runLocally(argv, { signal, stdout: ui.say, stderr: ui.error, env: own }).catch(
      (error: unknown) => {
        signal.throwIfAborted();
        const message = `Error executing script: ${script}\n\nPlease see output above for more information.`;
        throw new Error(message, { cause: error });
      },
    );
    const status = exit.signal === undefined ? exit.status : -1;
    checkExitStatus(status, config.valid_exit_codes);
  }
}

async function writeInline(
  config: ShellLocalConfig,
  data: Readonly<Record<string, unknown>>,
  build: BuildInfo,
): Promise<ScriptFile> {
  const lines = config.command !== undefined && config.command !== "" ? [config.command] : (config.inline ?? []);
  const interpreter = config.inline_shebang || SHEBANG;
  const shebang = interpreter === "" ? "" : `#!${interpreter}\n`;
  const extension = config.tempfile_extension.replace(/^(?=[^.])/, ".");
  const text = shebang + lines.map((line) => `${renderUntilStable(line, data, build)}\n`).join("");
  return writeScriptFile(text, { prefix: "packer-shell", extension, mode: 0o700 });
}

/** `C:\a\b` becomes `/mnt/c/a/b`. */
function linuxPath(path: string): string {
  const match = /^([A-Za-z]):\/(.*)$/s.exec(path.replaceAll("\\", "/"));
  if (match === null)
    throw new Error(`Cannot convert ${path} to a path of the Windows Subsystem for Linux: it has no drive.`);
  const [, drive = "", rest = ""] = match;
  return `/mnt/${drive.toLowerCase()}/${rest}`;
}
