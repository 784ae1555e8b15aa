import { readFile } from "node:fs/promises";
import { provisioner, schema as s, type InferFields, type ProvisionerContext } from "@ingot/sdk";
import { renderUntilStable } from "../render.js";
import { retry } from "../retry.js";
import { flattenEnvironment, scriptEnvironment } from "../shell/environment.js";
import { writeScriptFile } from "../shell/inline-script.js";
import { scriptFacts } from "../shell/script-facts.js";
import { SCRIPT_OPTIONS, checkExitStatus, checkScriptSources, localScripts } from "../shell/script-options.js";
import { addPrefix, failedCall } from "../system-error.js";

const fields = {
  ...SCRIPT_OPTIONS,
  binary: s.boolean({ describe: "Without effect: scripts are always uploaded byte for byte.", default: false }),
  execute_command: s.string({
    interpolate: false,
    describe: "The command that runs a script; `{{.Path}}` and `{{.Vars}}` stand for its parts.",
    default: '{{.Vars}}"{{.Path}}"',
  }),
  remote_path: s.string({ describe: "The script's path on the machine.", default: "c:/Windows/Temp/script.bat" }),
  start_retry_timeout: s.duration({ describe: "How long to try to upload and start a script.", default: "5m" }),
};

type WindowsShellConfig = InferFields<typeof fields>;

/** Uploads batch files to a Windows machine and runs them there. */
export const windowsShellProvisioner = provisioner({
  name: "windows-shell",
  summary: "Runs batch files on a Windows machine.",
  config: s.object(fields, { check: checkScriptSources }),
  async provision(context) {
    const { config, ui } = context;
    ui.say("Provisioning with windows-shell...");
    const lines = config.inline ?? [];
    await using inline =
      lines.length === 0
        ? undefined
        : await writeScriptFile(lines.map((line) => `${line}\n`).join(""), {
            prefix: "windows-shell-provisioner",
            mode: 0o600,
          });
    const scripts = [...localScripts(config), ...(inline === undefined ? [] : [inline.path])];
    for (const path of scripts) await runScript(context, path);
  },
});

async function runScript(context: ProvisionerContext<WindowsShellConfig>, path: string): Promise<void> {
  const { config, ui, machine, signal } = context;
  ui.say(`Provisioning with shell script: ${path}`);
  const content = await readFile(path).catch(failedCall("Error opening shell script: ", "open", path));
  const remotePath = config.remote_path || "c:/Windows/Temp/script.bat";
  const command = commandFor(context, remotePath);
  let status = 0;
  await retry(
    async () => {
      await machine.upload(content, remotePath).catch(addPrefix("Error uploading script: "));
      ({ status } = await machine.run(command, { stdout: ui.say, stderr: ui.error }));
    },
    { limitMs: config.start_retry_timeout || 300_000, signal },
  );
  checkExitStatus(status, config.valid_exit_codes);
}

/** The command may name the path and the variables, and nothing else; build values are in neither. */
function commandFor(
  { config, build, generatedData }: ProvisionerContext<WindowsShellConfig>,
  remotePath: string,
): string {
  const variables = scriptEnvironment({
    facts: scriptFacts(build, generatedData),
    environmentVars: config.environment_vars,
    env: config.env,
  });
  const format = config.env_var_format || 'set "%s=%s" && ';
  const vars = flattenEnvironment(variables, format, (value) => value);
  const template = config.execute_command || '{{.Vars}}"{{.Path}}"';
  const other = /\{\{-?\s*(\.(?!(?:Vars|Path)\b)\w+)/.exec(template);
  try {
    if (other !== null) throw new Error(unknownField(template, other));
    return renderUntilStable(template, { Vars: vars, Path: remotePath }, build);
  } catch (error) {
    return addPrefix("Error processing command: ")(error);
  }
}

/** Says where a field stands that there is not, as Go's templates do for records. */
function unknownField(template: string, { index, 0: action, 1: field = "" }: RegExpExecArray): string {
  const before = template.slice(0, index + action.length - field.length).split("\n");
  const place = `${before.length}:${before.at(-1)?.length ?? 0}`;
  const name = field.slice(1);
  return `template: root:${place}: executing "root" at <${field}>: can't evaluate field ${name} in type *shell.ExecuteCommandTemplate`;
}
