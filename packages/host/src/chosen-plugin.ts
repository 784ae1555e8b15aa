import type { PluginExecutable } from "./plugin-executable.js";

/**
 * A plugin that was chosen for a template by others than the host: it comes before those that the host finds. Its components are
 * known by their own names, and with the local name in place of the plugin's name: `docker-tag` as `dk-tag`.
 */
export interface ChosenPlugin {
  /** The plugin's own name. */
  readonly name: string;
  /** What the template calls it. */
  readonly localName: string;
  readonly use: PluginUse;
}

export type PluginUse =
  /** This file. The content hash, if known, tells that the file is what was installed: its description may be kept under it. */
  | { readonly kind: "executable"; readonly path: string; readonly contentHash?: string }
  /** The one of that name which the host finds in its folders. */
  | { readonly kind: "found" }
  /** The one that comes with Ingot. */
  | { readonly kind: "builtin" }
  /** None: this is why. */
  | { readonly kind: "unusable"; readonly reason: string };

/** The file to run for a chosen plugin; undefined when there is none. */
export function executableOf(
  { name, use }: ChosenPlugin,
  found: readonly PluginExecutable[],
  builtin: readonly PluginExecutable[],
): PluginExecutable | undefined {
  switch (use.kind) {
    case "executable": {
      const { path, contentHash } = use;
      return { name, path, isBuiltin: false, ...(contentHash === undefined ? {} : { contentHash }) };
    }
    case "found":
      return found.find((plugin) => plugin.name === name);
    case "builtin":
      return builtin.find((plugin) => plugin.name === name);
    case "unusable":
      return undefined;
  }
}

/** The names that the component may have in the plugin itself, the likeliest first. Empty: the names have nothing in common. */
export function ownNames(componentName: string, { name, localName }: ChosenPlugin): readonly string[] {
  const names = new Set<string>();
  if (isOf(componentName, localName)) names.add(name + componentName.slice(localName.length));
  if (isOf(componentName, name) || names.size > 0) names.add(componentName);
  return [...names];
}

/** The name that a template may use for a component of the plugin. */
export function localComponentName(ownName: string, { name, localName }: ChosenPlugin): string {
  return isOf(ownName, name) ? localName + ownName.slice(name.length) : ownName;
}

/**
 * Chosen plugins in the order in which they are asked for a component: the longest name that fits first, others last. A plugin that the
 * template calls so comes before one that merely has the name.
 */
export function chosenFor(componentName: string, plugins: readonly ChosenPlugin[]): readonly ChosenPlugin[] {
  const rank = ({ name, localName }: ChosenPlugin): number =>
    Math.max(
      isOf(componentName, localName) ? 2 * localName.length + 1 : 0,
      isOf(componentName, name) ? 2 * name.length : 0,
    );
  return [...plugins].sort((a, b) => rank(b) - rank(a));
}

function isOf(componentName: string, pluginName: string): boolean {
  return componentName === pluginName || componentName.startsWith(`${pluginName}-`);
}
