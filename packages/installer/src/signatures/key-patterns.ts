import type { PluginAddress } from "../plugin-address.js";
import type { TrustedKeys } from "./signature-settings.js";

/**
 * The files of keys that may sign a plugin: those of the most specific pattern that fits its address, so that a key for everything
 * cannot sign for a namespace that has its own. Upper and lower case don't differ. Undefined when no pattern fits.
 */
export function keyFilesFor(keys: readonly TrustedKeys[], address: PluginAddress): readonly string[] | undefined {
  const fitting = keys.filter(({ pattern }) => fits(pattern, address));
  const most = Math.max(...fitting.map(({ pattern }) => specificity(pattern)));
  const chosen = fitting.filter(({ pattern }) => specificity(pattern) === most);
  return chosen.length === 0 ? undefined : chosen.flatMap(({ files }) => files);
}

function fits(pattern: string, { host, namespace, name }: PluginAddress): boolean {
  const parts = [host, ...namespace, name].map((part) => part.toLowerCase());
  const wanted = pattern.toLowerCase().split("/");
  if (wanted.at(-1) !== "*") return wanted.join("/") === parts.join("/");
  const leading = wanted.slice(0, -1);
  return parts.length > leading.length && leading.every((part, index) => part === parts[index]);
}

/** An exact address comes before a pattern of the same length. */
function specificity(pattern: string): number {
  const parts = pattern.split("/");
  return parts.at(-1) === "*" ? parts.length - 1 : parts.length;
}
