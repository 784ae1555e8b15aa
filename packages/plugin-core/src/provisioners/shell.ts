import { randomInt } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import {
  DISCONNECTED_STATUS,
  formatDuration,
  provisioner,
  schema as s,
  type BuildInfo,
  type InferFields,
  type ProvisionerContext,
} from "@ingot/sdk";
import { renderUntilStable } from "../render.js";
import { retry } from "../retry.js";
import { flattenEnvironment, scriptEnvironment } from "../shell/environment.js";
import { scriptPath } from "../shell/inline-script.js";
import { scriptFacts } from "../shell/script-facts.js";
import { SCRIPT_OPTIONS, checkExitStatus, checkScriptSources, localScripts } from "../shell/script-options.js";
import { unixLines } from "../shell/unix-lines.js";
import { addPrefix, failedCall } from "../system-error.js";

const fields = {
  ...SCRIPT_OPTIONS,
  binary: s.boolean({ describe: "Upload scripts byte for byte, without converting line ends.", default: false }),
  execute_command: s.string({
    interpolate: false,
    describe: "The command that runs a script; `{{.Path}}`, `{{.Vars}}` and `{{.EnvVarFile}}` stand for its parts.",
    optional: true,
  }),
  inline_shebang: s.string({
    describe: "The interpreter of `inline`, without `#!`. Default `/bin/sh -e`.",
    optional: true,
  }),
  use_env_var_file: s.boolean({ describe: "Pass environment variables in an uploaded file.", default: false }),
  remote_folder: s.string({ describe: "The folder on the machine for scripts. It must exist.", default: "/tmp" }),
  remote_file: s.string({
    describe: "The script's name on the machine. Default: `script_` and a random number.",
    optional: true,
  }),
  remote_path: s.string({ describe: "The script's whole path on the machine.", optional: true }),
  start_retry_timeout: s.duration({ describe: "How long to try to upload and start a script.", default: "5m" }),
  skip_clean: s.boolean({ describe: "Leave uploaded files on the machine.", default: false }),
  expect_disconnect: s.boolean({ describe: "Accept that the script ends the connection.", default: false }),
  pause_after: s.duration({ describe: "How long to wait after success.", default: "0s" }),
};

type ShellConfig = InferFields<typeof fields>;

/** Uploads scripts to the machine and runs them there. */
export const shellProvisioner = provisioner({
  name: "shell",
  summary: "Runs shell scripts on the machine.",
  config: s.object(fields, { check: checkScriptSources }),
  async provision(context) {
    const { config: shell, build, ui, generatedData, signal } = context;
    const run = new ShellRun(context);
    const inline = inlineScript(shell, generatedData, build);
    const envVarFile = shell.use_env_var_file ? await run.uploadVariables() : "";
    for (const path of localScripts(shell)) await run.script(path, envVarFile);
    // Named as the file that the reference makes for it; it needs none.
    if (inline !== undefined) await run.script(scriptPath("packer-shell"), envVarFile, Buffer.from(inline));
    if (!shell.skip_clean && envVarFile !== "") await run.remove(envVarFile);
    if (shell.pause_after > 0) {
      ui.say(`Pausing ${formatDuration(shell.pause_after)} after this provisioner...`);
      await sleep(shell.pause_after, undefined, { signal });
    }
  },
});

function inlineScript(
  shell: ShellConfig,
  data: Readonly<Record<string, unknown>>,
  build: BuildInfo,
): string | undefined {
  if (shell.inline === undefined || shell.inline.length === 0) return undefined;
  const text = shell.inline.map((line) => `${renderLine(line, data, build)}\n`).join("");
  const needsShebang = isSet(shell.inline_shebang) || !text.startsWith("#!");
  return needsShebang ? `#!${shell.inline_shebang || "/bin/sh -e"}\n${text}` : text;
}

function renderLine(line: string, data: Readonly<Record<string, unknown>>, build: BuildInfo): string {
  try {
    return renderUntilStable(line, data, build);
  } catch (error) {
    return addPrefix("Error interpolating Inline: ")(error);
  }
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}

/** One run of the provisioner: the variables and the remote path are the same for all of its scripts. */
class ShellRun {
  readonly #context: ProvisionerContext<ShellConfig>;
  readonly #variables: string;
  readonly #folder: string;
  readonly #remotePath: string;

  constructor(context: ProvisionerContext<ShellConfig>) {
    const { config: shell, build, generatedData } = context;
    this.#context = context;
    const variables = scriptEnvironment({
      facts: scriptFacts(build, generatedData),
      environmentVars: shell.environment_vars,
      env: shell.env,
    });
    const format = shell.env_var_format || (shell.use_env_var_file ? "export %s='%s'\n" : "%s='%s' ");
    this.#variables = flattenEnvironment(variables, format);
    const name = shell.remote_file || `script_${randomInt(9999)}.sh`;
    this.#folder = shell.remote_folder || "/tmp";
    this.#remotePath = shell.remote_path || `${this.#folder}/${name}`;
  }

  /** Uploads the file of variables and gives its path on the machine. */
  async uploadVariables(): Promise<string> {
    const { machine } = this.#context;
    const content = this.#unlessBinary(Buffer.from(this.#variables));
    let path = "";
    await this.#retry(async () => {
      path = `${this.#folder}/varfile_${randomInt(9999)}.sh`;
      const options = { mode: 0o600, exactMode: 0o600 };
      const upload = machine.upload(content, path, options);
      const { isModeSet } = await upload.catch(addPrefix("Error uploading envVarFile: "));
      if (!isModeSet) await this.#chmod("0600", path);
    });
    return path;
  }

  /** Uploads and runs one script: a file's content, or the one given. */
  async script(localPath: string, envVarFile: string, given?: Buffer): Promise<void> {
    const { config: shell, machine, ui } = this.#context;
    ui.say(`Provisioning with shell script: ${localPath}`);
    const bytes =
      given ?? (await readFile(localPath).catch(failedCall("Error opening shell script: ", "open", localPath)));
    const content = this.#unlessBinary(bytes);
    const command = this.#command(envVarFile);
    let status = 0;
    // `run` rejects only when the command could not be started; a script that ran and failed is not tried again.
    await this.#retry(async () => {
      const upload = machine.upload(content, this.#remotePath, { exactMode: 0o755 });
      const { isModeSet } = await upload.catch(addPrefix("Error uploading script: "));
      if (!isModeSet) await this.#chmod("0755", this.#remotePath);
      ({ status } = await machine.run(command, { stdout: ui.say, stderr: ui.error }));
    });
    if (status !== DISCONNECTED_STATUS || !shell.expect_disconnect) this.#check(status);
    if (!shell.skip_clean) await this.remove(this.#remotePath);
  }

  #command(envVarFile: string): string {
    const { config: shell, build, generatedData } = this.#context;
    const data = { ...generatedData, Vars: this.#variables, EnvVarFile: envVarFile, Path: this.#remotePath };
    try {
      return renderUntilStable(shell.execute_command || defaultCommand(shell), data, build);
    } catch (error) {
      return addPrefix("Error processing command: ")(error);
    }
  }

  #unlessBinary(bytes: Buffer): Buffer {
    return this.#context.config.binary ? bytes : unixLines(bytes);
  }

  /** Sets the mode. Whether it worked is not looked at, since some machines have no modes. */
  async #chmod(mode: string, path: string): Promise<void> {
    await this.#context.machine
      .run(`chmod ${mode} ${path}`)
      .catch(addPrefix(`Error chmodding script file to ${mode} in remote machine: `));
  }

  /** Removes a file from the machine. */
  async remove(path: string): Promise<void> {
    await this.#retry(async () => {
      if (await this.#context.machine.removeFile(path)) return;
      const { status } = await this.#context.machine.run(`rm -f ${path}`);
      if (status === DISCONNECTED_STATUS) throw new Error("Disconnect while removing temporary script.");
      if (status !== 0) throw new Error(`Error removing temporary script at ${path}!`);
    });
  }

  #check(status: number): void {
    if (status === DISCONNECTED_STATUS) {
      const hint =
        "If you expected your script to disconnect, i.e. from a restart, you can try adding " +
        '`"expect_disconnect": true` or `"valid_exit_codes": [0, 2300218]` to the shell provisioner parameters.';
      throw new Error(`Script disconnected unexpectedly. ${hint}`);
    }
    checkExitStatus(status, this.#context.config.valid_exit_codes);
  }

  #retry(work: () => Promise<void>): Promise<void> {
    const { config: shell, signal } = this.#context;
    return retry(work, { limitMs: shell.start_retry_timeout || 300_000, signal });
  }
}

function defaultCommand({ use_env_var_file: usesFile }: ShellConfig): string {
  return usesFile ? "chmod +x {{.Path}}; . {{.EnvVarFile}} && {{.Path}}" : "chmod +x {{.Path}}; {{.Vars}} {{.Path}}";
}
