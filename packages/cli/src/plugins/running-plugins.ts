import type { Console } from "../console.js";

/** The names of the plugins that run already. What INGOT_REATTACH_PLUGINS says is checked where they are connected to. */
export function runningPlugins({ env }: Console): ReadonlySet<string> {
  try {
    const value: unknown = JSON.parse(env["INGOT_REATTACH_PLUGINS"] ?? "{}");
    return new Set(typeof value === "object" && value !== null ? Object.keys(value) : []);
  } catch {
    return new Set();
  }
}
