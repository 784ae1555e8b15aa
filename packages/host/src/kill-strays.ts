import { readdirSync, readFileSync } from "node:fs";

/**
 * The variable that everything inherits which a plugin starts, unless it is given another environment. Its value names the
 * plugin's process.
 */
export const PROCESS_VARIABLE = "INGOT_PLUGIN_PROCESS";

/** New processes may appear between two looks, as long as their parents live. */
const MAX_LOOKS = 5;

/**
 * Kills what a plugin that ended left behind in process groups of its own: commands that it ran. They are known by their
 * environment, which only Linux shows; elsewhere nothing happens. Synchronous, never throws.
 */
export function killStrays(processName: string): void {
  if (process.platform !== "linux") return;
  for (let look = 0; look < MAX_LOOKS && killOnce(processName) > 0; look++);
}

function killOnce(processName: string): number {
  const marker = `${PROCESS_VARIABLE}=${processName}`;
  let killed = 0;
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    try {
      if (!readFileSync(`/proc/${name}/environ`, "latin1").split("\0").includes(marker)) continue;
      process.kill(Number(name), "SIGKILL");
      killed++;
    } catch {
      // Gone, or somebody else's.
    }
  }
  return killed;
}
