import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { formatDuration, messageOf, provisioner, schema as s, type InferFields, type Problem } from "@ingot/sdk";
import { renderUntilStable } from "../render.js";
import { writeScriptFile, type ScriptFile } from "../shell/inline-script.js";
import { SCRIPT_OPTIONS, checkExitStatus, checkScriptSources, localScripts } from "../shell/script-options.js";
import { addPrefix, failedCall } from "../system-error.js";
import { EXECUTION_POLICIES, inlineScript } from "../windows/powershell-commands.js";
import { PowershellRun } from "../windows/powershell-run.js";

const fields = {
  ...SCRIPT_OPTIONS,
  binary: s.boolean({ describe: "Without effect: scripts are always uploaded byte for byte.", default: false }),
  remote_path: s.string({
    describe: "The script's path on the machine. With a slash at the end: the folder, and the script keeps its name.",
    default: "",
  }),
  remote_env_var_path: s.string({ describe: "The path on the machine of the file with variables.", default: "" }),
  execute_command: s.string({
    interpolate: false,
    describe:
      "The command that runs a script; `{{.Path}}` and `{{.Vars}}` stand for its path and that of the variables.",
    default: "",
  }),
  elevated_execute_command: s.string({
    interpolate: false,
    describe: "The same for scripts that run as `elevated_user`.",
    default: "",
  }),
  elevated_env_var_format: s.string({
    describe: "How a variable is written for scripts that run as `elevated_user`.",
    default: "",
  }),
  elevated_user: s.string({
    describe: "Run scripts as this user with all rights, by a scheduled task.",
    default: "",
  }),
  elevated_password: s.string({
    describe: "The user's password. Empty for service accounts.",
    default: "",
    sensitive: true,
  }),
  execution_policy: s.string({
    describe: `PowerShell's execution policy: ${EXECUTION_POLICIES.map((name) => `\`${name}\``).join(", ")}.`,
    default: "bypass",
    check: checkPolicy,
  }),
  debug_mode: s.integer({ describe: "The level of `Set-PsDebug -Trace`: 0, 1 or 2.", default: 0 }),
  use_pwsh: s.boolean({ describe: "Run `pwsh` instead of `powershell`.", default: false }),
  skip_clean: s.boolean({ describe: "Leave uploaded files on the machine.", default: false }),
  start_retry_timeout: s.duration({ describe: "How long to try to upload and start a script.", default: "5m" }),
  pause_after: s.duration({ describe: "How long to wait after success.", default: "0s" }),
};

/** The decoded configuration of `powershell`. */
export type PowershellConfig = InferFields<typeof fields>;

function checkPolicy(text: string): Problem | undefined {
  const name = text.toLowerCase();
  if (EXECUTION_POLICIES.includes(name) || EXECUTION_POLICIES[Number(text || "x")] !== undefined) return undefined;
  if (!/^-?\d+$/.test(text))
    return `error decoding 'execution_policy': ${text} does not belong to ExecutionPolicy values`;
  const names = EXECUTION_POLICIES.map((policy) => JSON.stringify(policy)).join(", ");
  return `Invalid execution policy provided. Please supply one of: ${names}.`;
}

type Checked = Parameters<typeof checkScriptSources>[0] &
  Pick<PowershellConfig, "elevated_user" | "elevated_password" | "debug_mode">;

function checkPowershell(config: Checked): readonly Problem[] {
  const problems: Problem[] = [...checkScriptSources(config)];
  if (config.elevated_user === "" && config.elevated_password !== "") {
    const summary = "Must supply an 'elevated_user' if 'elevated_password' provided";
    problems.push({ summary, path: ["elevated_password"] });
  }
  if (![0, 1, 2].includes(config.debug_mode)) {
    const summary = `${config.debug_mode} is an invalid Trace level for \`debug_mode\`; valid values are 0, 1, and 2`;
    problems.push({ summary, path: ["debug_mode"] });
  }
  return problems;
}

/** Uploads PowerShell scripts to a Windows machine and runs them there. */
export const powershellProvisioner = provisioner({
  name: "powershell",
  summary: "Runs PowerShell scripts on a Windows machine.",
  config: s.object(fields, { check: checkPowershell }),
  async provision(context) {
    const { config, ui, signal } = context;
    ui.say("Provisioning with Powershell...");
    const run = new PowershellRun(context);
    await using inline = await writeInline(run, context);
    for (const path of [...localScripts(config), ...(inline === undefined ? [] : [inline.path])]) {
      ui.say(`Provisioning with powershell script: ${path}`);
      const { mode } = await stat(path).catch(failedCall("Error stating powershell script: ", "stat", path));
      const content = await readFile(path).catch(failedCall("Error opening powershell script: ", "open", path));
      const status = await run.script({ content, mode: mode & 0o777, name: basename(path) });
      checkExitStatus(status, config.valid_exit_codes);
    }
    if (!config.skip_clean) await run.cleanUp();
    if (config.pause_after > 0) {
      ui.say(`Pausing ${formatDuration(config.pause_after)} after this provisioner...`);
      await sleep(config.pause_after, undefined, { signal });
    }
  },
});

async function writeInline(
  run: PowershellRun,
  { config, build, generatedData, ui }: ConstructorParameters<typeof PowershellRun>[0],
): Promise<ScriptFile | undefined> {
  const lines = config.inline ?? [];
  if (lines.length === 0) return undefined;
  try {
    const text = inlineScript({ variables: run.variables, lines, debugMode: config.debug_mode });
    const options = { prefix: "powershell-provisioner", mode: 0o600 };
    return await writeScriptFile(renderUntilStable(text, generatedData, build), options);
  } catch (error) {
    const prefix = "Unable to extract inline scripts into a file: ";
    ui.error(prefix + messageOf(error));
    return addPrefix(prefix)(error);
  }
}
