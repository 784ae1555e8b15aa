import type { ProvisionerContext } from "@ingot/sdk";
import type { PowershellConfig } from "../provisioners/powershell.js";
import { renderUntilStable } from "../render.js";
import { retry } from "../retry.js";
import { flattenEnvironment, scriptEnvironment } from "../shell/environment.js";
import { scriptFacts } from "../shell/script-facts.js";
import { addPrefix } from "../system-error.js";
import { elevatedScript } from "./elevated-script.js";
import { EXECUTION_POLICIES, inlineCommand, scriptCommand } from "./powershell-commands.js";
import { escapeDoubleQuoted } from "./powershell-text.js";
import { timeOrderedUuid } from "./time-ordered-uuid.js";

const DEFAULT_FORMAT = '$env:%s="%s"; ';
const CLEAN_UP = { limitMs: 60_000, delayMs: 10_000 };

/** A script to upload and run. */
export interface PowershellScript {
  readonly content: Uint8Array;
  readonly mode: number;
  /** Its file name, for a remote path that is a folder. */
  readonly name: string;
}

/** One run of `powershell`: what is the same for all of its scripts, and which files it has left on the machine. */
export class PowershellRun {
  /** The variables as PowerShell assigns them. */
  readonly variables: string;
  readonly #context: ProvisionerContext<PowershellConfig>;
  readonly #variablesPath: string;
  readonly #scriptPath: string;
  readonly #uploaded = new Set<string>();

  constructor(context: ProvisionerContext<PowershellConfig>) {
    const { config } = context;
    this.#context = context;
    this.#scriptPath = config.remote_path || `c:/Windows/Temp/script-${timeOrderedUuid()}.ps1`;
    this.#variablesPath = config.remote_env_var_path || `c:/Windows/Temp/packer-ps-env-vars-${timeOrderedUuid()}.ps1`;
    this.variables = this.#flatVariables();
  }

  /** Uploads the variables and a script and runs it. Gives the exit status. */
  async script({ content, mode, name }: PowershellScript): Promise<number> {
    const { machine, ui } = this.#context;
    await this.#untilStarted(() =>
      machine
        .upload(Buffer.from(this.variables), this.#variablesPath)
        .catch(addPrefix("Error uploading ps script containing env vars: ")),
    );
    const path = /[/\\]$/.test(this.#scriptPath) ? this.#scriptPath + name : this.#scriptPath;
    const command = await this.#command(path);
    let status = 0;
    await this.#untilStarted(async () => {
      await machine.upload(content, path, { mode }).catch(addPrefix("Error uploading script: "));
      ({ status } = await machine.run(command, { stdout: ui.say, stderr: ui.error }));
    });
    this.#uploaded.add(path);
    return status;
  }

  /** Removes what was uploaded, with a script that removes itself too. When that fails, only the log tells. */
  async cleanUp(): Promise<void> {
    const { machine, log, signal } = this.#context;
    const path = `c:/Windows/Temp/packer-cleanup-${timeOrderedUuid()}.ps1`;
    const files = [this.#variablesPath, ...this.#uploaded, path];
    const script = files.map((file) => `if (Test-Path ${file}) {Remove-Item ${file}}\n`).join("");
    const work = async (): Promise<void> => {
      await machine.upload(Buffer.from(script), path);
      await machine.run(this.#render(this.#executeCommand(), path));
    };
    await retry(work, { ...CLEAN_UP, signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      log.warn("files are left on the machine", { error: String(error) });
    });
  }

  /** The command for a script; for another user, that of a script which has it run by a scheduled task. */
  async #command(path: string): Promise<string> {
    const { config, machine, build, generatedData } = this.#context;
    if (config.elevated_user === "") return this.#render(this.#executeCommand(), path);
    const uuid = timeOrderedUuid();
    const script = elevatedScript({
      name: `packer-${uuid}`,
      command: this.#render(config.elevated_execute_command || this.#defaultCommand(), path),
      log: `%SYSTEMROOT%/Temp/packer-${uuid}.out`,
      user: config.elevated_user,
      password: renderUntilStable(config.elevated_password, generatedData, build),
    });
    const scriptPath = `C:/Windows/Temp/packer-elevated-shell-${uuid}.ps1`;
    await this.#untilStarted(() =>
      machine.upload(Buffer.from(script), scriptPath).catch(addPrefix("Error preparing elevated powershell script: ")),
    );
    return `powershell -executionpolicy bypass -file "${scriptPath}"`;
  }

  #executeCommand(): string {
    return this.#context.config.execute_command || this.#defaultCommand();
  }

  #defaultCommand(): string {
    const { config } = this.#context;
    const policy = EXECUTION_POLICIES[Number(config.execution_policy)] ?? config.execution_policy.toLowerCase();
    const options = { policy, usesPwsh: config.use_pwsh, debugMode: config.debug_mode };
    return (config.inline ?? []).length > 0 ? inlineCommand(options) : scriptCommand(options);
  }

  #render(command: string, path: string): string {
    try {
      return renderUntilStable(
        command,
        { ...this.#context.generatedData, Path: path, Vars: this.#variablesPath },
        this.#context.build,
      );
    } catch (error) {
      return addPrefix("Error processing command: ")(error);
    }
  }

  #flatVariables(): string {
    const { config, build, generatedData } = this.#context;
    const render = (text: string): string => renderUntilStable(text, generatedData, build);
    const variables = scriptEnvironment({
      facts: scriptFacts(build, generatedData),
      environmentVars: config.environment_vars.map(render),
      env: Object.fromEntries(Object.entries(config.env).map(([name, value]) => [render(name), render(value)])),
    });
    const isElevated = config.elevated_user !== "";
    const format = (isElevated ? config.elevated_env_var_format : config.env_var_format) || DEFAULT_FORMAT;
    return flattenEnvironment(variables, format, escapeDoubleQuoted);
  }

  #untilStarted<T>(work: () => Promise<T>): Promise<T> {
    const { config, signal } = this.#context;
    return retry(work, { limitMs: config.start_retry_timeout || 300_000, signal });
  }
}
