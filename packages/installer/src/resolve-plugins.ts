import type { Diagnostic, Outcome } from "@ingot/diag";
import type { ChosenPlugin } from "@ingot/host";
import { meetsConstraint, type RequiredPlugin } from "@ingot/template";
import { firstPartyPlugin } from "./first-party.js";
import { hashFile } from "./hash-file.js";
import { ownVersionProblem } from "./install-plan.js";
import type { InstalledPlugin } from "./installed-plugin.js";
import { LOCK_FILE_NAME, type LockedPlugin } from "./lock/lock-file.js";
import type { ReadLock } from "./lock/lock-file-io.js";
import { lockMismatch } from "./lock/merge-lock.js";
import { mustParseVersion } from "./plugin-version.js";
import { mustParseAddress } from "./requirement.js";
import type { PluginStore } from "./store/plugin-store.js";

export interface ResolveOptions {
  readonly store: PluginStore;
  /** Without pre-releases. */
  readonly releasesOnly: boolean;
  /** Names of plugins that come with Ingot and are wanted from elsewhere. */
  readonly external: readonly string[];
  readonly hostVersion: string;
  /** The plugin of a name in a folder for development, if there is one. */
  readonly developmentPlugin: (name: string) => string | undefined;
  /** Plugins that run already, as under a debugger: they are used whatever is installed or locked. */
  readonly running?: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

/** What was found for one requirement. */
type Finding =
  | { readonly kind: "chosen"; readonly plugin: ChosenPlugin }
  | { readonly kind: "missing"; readonly required: RequiredPlugin; readonly line: string }
  | { readonly kind: "refused"; readonly required: RequiredPlugin; readonly diagnostic: Diagnostic };

/**
 * Finds the plugins that a template requires among those that are installed: the locked version, else the highest that fits. Nothing is
 * downloaded or started. With errors the value has plugins that can't be used in the place of those that are missing or refused.
 */
export async function resolvePlugins(
  required: readonly RequiredPlugin[],
  lock: ReadLock,
  options: ResolveOptions,
): Promise<Outcome<readonly ChosenPlugin[]>> {
  if (lock.diagnostics.length > 0) {
    const reason = `The lock file ${lock.path} is damaged.`;
    return { value: required.map((one) => unusable(one, reason)), diagnostics: lock.diagnostics };
  }
  const findings = await Promise.all(required.map((plugin) => resolveOne(plugin, lock, options)));
  const chosen = findings.map((finding) => {
    if (finding.kind === "chosen") return finding.plugin;
    const missing = `${finding.required.source.text} is not installed. Run ingot init.`;
    return unusable(finding.required, finding.kind === "refused" ? finding.diagnostic.detail : missing);
  });
  const missing = findings.flatMap((finding) => (finding.kind === "missing" ? [finding.line] : []));
  const refused = findings.flatMap((finding) => (finding.kind === "refused" ? [finding.diagnostic] : []));
  const diagnostics = missing.length === 0 ? refused : [...refused, missingPlugins(missing)];
  return { value: chosen, diagnostics };
}

/** The newest of everything that is installed, for templates that don't say what they require. Damaged plugins are left out. */
export async function discoverPlugins({
  store,
  releasesOnly,
  signal,
}: Pick<ResolveOptions, "store" | "releasesOnly" | "signal">): Promise<readonly ChosenPlugin[]> {
  const newest = new Map<string, InstalledPlugin>();
  const installed = await store.list({ releasesOnly }, { signal }); // ascending
  // Ours come last, so that they win.
  const ordered = [
    ...installed.filter(({ family }) => family === "packer"),
    ...installed.filter(({ family }) => family === "ingot"),
  ];
  for (const plugin of ordered) newest.set(plugin.name, plugin);
  return [...newest.values()].map((plugin) => chosenPlugin(plugin, plugin.name));
}

async function resolveOne(required: RequiredPlugin, lock: ReadLock, options: ResolveOptions): Promise<Finding> {
  const { localName, source, constraint } = required;
  const builtin = firstPartyPlugin(source.text, options.external);
  if (builtin !== undefined) {
    const problem = builtin.isOurs ? ownVersionProblem(required, options.hostVersion) : undefined;
    if (problem !== undefined) return refuse(required, "Unsupported plugin version", problem);
    return { kind: "chosen", plugin: { name: builtin.name, localName, use: { kind: "builtin" } } };
  }
  const found: Finding = { kind: "chosen", plugin: { name: source.name, localName, use: { kind: "found" } } };
  if (options.running?.has(source.name) === true) return found;
  const locked = lock.lock.plugins.get(source.text);
  const development = options.developmentPlugin(source.name);
  if (locked === undefined) {
    if (development !== undefined) return found;
    if (lock.exists) {
      const detail = `The template requires ${source.text}, but ${LOCK_FILE_NAME} doesn't have it. Run ingot init for this template, and commit the changed file.`;
      return refuse(required, "Plugin is not in the lock file", detail);
    }
  }
  const { store, releasesOnly, signal } = options;
  const address = mustParseAddress(source.text);
  const skipped: string[] = [];
  const onSkip = (file: string, reason: string): void => void skipped.push(`  ${file}: ${reason}`);
  const installed = await store.list({ address, constraint, releasesOnly, onSkip }, { signal });
  const fitting = locked === undefined ? installed : installed.filter(({ version }) => version === locked.version);
  const isLocked = (one: InstalledPlugin): boolean => locked === undefined || lockMismatch(locked, one) === undefined;
  const plugin = fitting.findLast(isLocked) ?? fitting.at(-1); // several folders may have it
  if (plugin === undefined) return missing(required, locked, skipped);
  const problem = (locked && lockMismatch(locked, plugin)) ?? (await otherProgram(plugin, { locked, development }));
  if (problem !== undefined) return refuse(required, "Plugin differs from the lock file", problem);
  return { kind: "chosen", plugin: chosenPlugin(plugin, localName) };
}

function missing(required: RequiredPlugin, locked: LockedPlugin | undefined, skipped: readonly string[]): Finding {
  const { source, constraint, constraintText } = required;
  const fits = locked === undefined || meetsConstraint(mustParseVersion(locked.version), constraint);
  const lockedText =
    locked === undefined ? "" : ` (${locked.version} in ${LOCK_FILE_NAME}${fits ? "" : " doesn't fit"})`;
  return {
    kind: "missing",
    required,
    line: [`* ${source.text} ${constraintText}${lockedText}`, ...skipped].join("\n"),
  };
}

/** Says that a plugin that lies in a folder as it is would hide the locked one; undefined when it is the same. */
async function otherProgram(
  plugin: InstalledPlugin,
  { locked, development }: { readonly locked: LockedPlugin | undefined; readonly development: string | undefined },
): Promise<string | undefined> {
  if (development === undefined || locked === undefined) return undefined;
  const [own, other] = await Promise.all([hashFile(plugin.executable), hashFile(development)]);
  if (own === other) return undefined;
  return `${LOCK_FILE_NAME} has version ${locked.version} of ${plugin.address}, but the plugin folder has another program of that name, which would be used in its place: ${development}
  locked: sha256:${own}
  found:  sha256:${other}
Take that file away; or, to work with it, remove the block plugin "${plugin.address}" from ${LOCK_FILE_NAME}.`;
}

function chosenPlugin(plugin: InstalledPlugin, localName: string): ChosenPlugin {
  const { name, executable, contentHash, family, address, version } = plugin;
  if (family === "ingot") return { name, localName, use: { kind: "executable", path: executable, contentHash } };
  const reason = `${address} ${version} is a plugin for Packer (${executable}). This version of Ingot installs such plugins, but can't run them yet.`;
  return { name, localName, use: { kind: "unusable", reason } };
}

function refuse(required: RequiredPlugin, summary: string, detail: string): Finding {
  return { kind: "refused", required, diagnostic: { severity: "error", summary, detail, subject: required.range } };
}

function unusable({ source, localName }: RequiredPlugin, reason: string): ChosenPlugin {
  return { name: source.name, localName, use: { kind: "unusable", reason } };
}

/** In the reference's words. */
function missingPlugins(lines: readonly string[]): Diagnostic {
  const unique = [...new Set(lines)].sort();
  return {
    severity: "error",
    summary: "Missing plugins",
    detail: `The following plugins are required, but not installed:\n\n${unique.join("\n")}\n\nDid you run ingot init for this project ?`,
  };
}
