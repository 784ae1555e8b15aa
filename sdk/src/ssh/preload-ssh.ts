import { loadSsh2 } from "./ssh2.js";

/**
 * Loads what connecting by SSH needs, soon, if a prepared configuration has a communicator that will connect so. Until a builder
 * runs its host has other things to do, so that nobody waits for it.
 */
export function preloadSsh(config: unknown): void {
  if (typeof config !== "object" || config === null || !Object.values(config).some(isSsh)) return;
  setImmediate(() => {
    Promise.all([loadSsh2(), import("./connect.js")]).catch(() => {}); // connecting will say so
  });
}

/** The options as `s.communicator()` gives them. */
function isSsh(value: unknown): boolean {
  return typeof value === "object" && value !== null && "ssh_host" in value && "type" in value && value.type === "ssh";
}
