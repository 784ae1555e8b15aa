import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Console } from "../console.js";
import { homeFolder } from "../directories.js";
import { given, setting } from "../settings.js";
import { StartupError } from "../startup-error.js";

/** Checks what every command needs: the plugin folder's variable, and the configuration file, if there is one. Throws StartupError. */
export async function checkStartup({ env, workingDirectory }: Console): Promise<void> {
  const problem = pluginPathProblem(env);
  if (problem !== undefined) throw configurationError(problem);
  const file = configurationFile(env);
  if (!existsSync(path.resolve(workingDirectory, file))) return;
  const { readConfiguration } = await import("./read-configuration.js");
  const read = readConfiguration(file, workingDirectory);
  if ("problem" in read) throw configurationError(read.problem);
}

/** Where the configuration file should be: INGOT_CONFIG, PACKER_CONFIG, or Packer's own place. */
export function configurationFile(env: Console["env"]): string {
  const name = process.platform === "win32" ? "packer.config" : ".packerconfig";
  const folder = given(env["PACKER_CONFIG_DIR"]) ?? given(env["APPDATA"]) ?? homeFolder(env);
  return setting(env, "CONFIG") ?? path.join(folder, name);
}

/** Whether the configuration file may choose other plugins than those that come with Ingot: a look at its text, for what must be fast. */
export function mayChooseExternal({ env, workingDirectory }: Console): boolean {
  const file = path.resolve(workingDirectory, configurationFile(env));
  return existsSync(file) && /external_plugins/i.test(readFileSync(file, "latin1"));
}

/** Packer's variable names one folder. Ours may name several, so it is not looked at when there is one. */
function pluginPathProblem(env: Console["env"]): string | undefined {
  const folders = (env["PACKER_PLUGIN_PATH"] ?? "").split(path.delimiter);
  if (folders.length < 2 || given(env["INGOT_PLUGIN_PATH"]) !== undefined) return undefined;
  return [
    "Multiple paths are no longer supported for PACKER_PLUGIN_PATH.",
    "This should be defined as one of the following options for your environment:",
    ...folders.map((folder) => `* PACKER_PLUGIN_PATH=${folder}`),
  ].join("\n");
}

/** Something is wrong with the configuration. */
export function configurationError(problem: string): StartupError {
  return new StartupError(` Error loading configuration: \n\n${problem}\n`);
}
