import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";
import { given, type Environment } from "../http/environment.js";

/** A keyring that is locked waits for its owner. */
const DEFAULT_TIMEOUT_MS = 5_000;
/** What `gh` would print instead of the token that it keeps. */
const OVERRIDES = ["GH_TOKEN", "GITHUB_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"];

/**
 * Asks `gh` for the token that it keeps for a host, as in the keyring of the system; undefined when there is no `gh`, or it has none, or
 * takes too long. The token comes through a pipe: no list of processes shows it.
 */
export async function askGh(
  host: string,
  env: Environment,
  timeoutMs = DEFAULT_TIMEOUT_MS,
): Promise<string | undefined> {
  const program = findGh(env);
  if (program === undefined) return undefined;
  const own = { ...env, GH_PROMPT_DISABLED: "1", GH_NO_UPDATE_NOTIFIER: "1" };
  const options = {
    env: Object.fromEntries(Object.entries(own).filter(([name]) => !OVERRIDES.includes(name.toUpperCase()))),
    ...{ timeout: timeoutMs, killSignal: "SIGKILL" as const, maxBuffer: 1 << 16, windowsHide: true },
  };
  return await new Promise((resolve) => {
    const child = execFile(program, ["auth", "token", "--hostname", host], options, (error, stdout) => {
      resolve(error === null ? stdout.trim() : undefined);
    });
    child.stdin?.end();
    // What it started may hold the pipes open: the limit counts all the same, and nothing of it keeps us from ending.
    const giveUp = (): void => {
      for (const pipe of [child.stdout, child.stderr]) pipe?.destroy();
      resolve(undefined);
    };
    setTimeout(giveUp, timeoutMs + 100).unref();
  });
}

/** The program in the PATH. Relative folders don't count: they are those of whoever made the template. */
function findGh(env: Environment): string | undefined {
  const isWindows = process.platform === "win32";
  const folders = (given(env, "PATH") ?? given(env, "Path") ?? "").split(path.delimiter);
  return folders
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, isWindows ? "gh.exe" : "gh"))
    .find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
