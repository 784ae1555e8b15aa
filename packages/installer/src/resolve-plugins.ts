import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Diagnostic, Outcome } from "@ingot/diag";
import type { ChosenPlugin } from "@ingot/host";
import type { RequiredPlugin } from "@ingot/template";
import { firstPartyPlugin } from "./first-party.js";
import { ownVersionProblem } from "./install-plan.js";
import type { InstalledPlugin } from "./installed-plugin.js";
import { LOCK_FILE_NAME, type LockedPlugin } from "./lock/lock-file.js";
import type { ReadLock } from "./lock/lock-file-io.js";
import { lockMismatch } from "./lock/merge-lock.js";
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
  readonly signal: AbortSignal;
}

/** What was found for one requirement. */
type Finding =
  | { readonly kind: "chosen"; readonly plugin: ChosenPlugin }
  | { readonly kind: "missing"; readonly line: string }
  | { readonly kind: "refused"; readonly diagnostic: Diagnostic };

/**
 * Finds the plugins that a template requires among those that are installed: the locked version, else the highest that fits. Nothing is
 * downloaded or started. With errors the value holds what was found all the same.
 */
export async function resolvePlugins(
  required: readonly RequiredPlugin[],
  lock: ReadLock,
  options: ResolveOptions,
): Promise<Outcome<readonly ChosenPlugin[]>> {
  if (lock.diagnostics.length > 0) return { value: [], diagnostics: lock.diagnostics };
  const findings = await Promise.all(required.map((plugin) => resolveOne(plugin, lock, options)));
  const chosen = findings.flatMap((finding) => (finding.kind === "chosen" ? [finding.plugin] : []));
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
  const chosen = await Promise.all(
    [...newest.values()].map(async (plugin) =>
      (await store.verify(plugin, { signal })).ok ? [chosenPlugin(plugin, plugin.name)] : [],
    ),
  );
  return chosen.flat();
}

async function resolveOne(required: RequiredPlugin, lock: ReadLock, options: ResolveOptions): Promise<Finding> {
  const { localName, source, constraint } = required;
  const builtin = firstPartyPlugin(source.text, options.external);
  if (builtin !== undefined) {
    const problem = builtin.isOurs ? ownVersionProblem(required, options.hostVersion) : undefined;
    if (problem !== undefined) return refuse(required, "Unsupported plugin version", problem);
    return { kind: "chosen", plugin: { name: builtin.name, localName, use: { kind: "builtin" } } };
  }
  const locked = lock.lock.plugins.get(source.text);
  const development = options.developmentPlugin(source.name);
  if (locked === undefined) {
    if (development !== undefined)
      return { kind: "chosen", plugin: { name: source.name, localName, use: { kind: "found" } } };
    if (lock.exists) {
      const detail = `The template requires ${source.text}, but ${LOCK_FILE_NAME} doesn't have it. Run ingot init for this template, and commit the changed file.`;
      return refuse(required, "Plugin is not in the lock file", detail);
    }
  }
  const { store, releasesOnly, signal } = options;
  const address = mustParseAddress(source.text);
  const installed = await store.list({ address, constraint, releasesOnly }, { signal });
  const fitting = locked === undefined ? installed : installed.filter(({ version }) => version === locked.version);
  const plugin = fitting.at(-1);
  if (plugin === undefined) return missing(required, locked);
  const problem = await problemWith(plugin, { locked, development, options });
  if (problem !== undefined) return refuse(required, problem.summary, problem.detail);
  return { kind: "chosen", plugin: chosenPlugin(plugin, localName) };
}

function missing({ source, constraintText }: RequiredPlugin, locked: LockedPlugin | undefined): Finding {
  const lockedText = locked === undefined ? "" : ` (${locked.version} in ${LOCK_FILE_NAME})`;
  return { kind: "missing", line: `* ${source.text} ${constraintText}${lockedText}` };
}

interface Problem {
  readonly summary: string;
  readonly detail: string;
}

async function problemWith(
  plugin: InstalledPlugin,
  {
    locked,
    development,
    options,
  }: {
    readonly locked: LockedPlugin | undefined;
    readonly development: string | undefined;
    readonly options: ResolveOptions;
  },
): Promise<Problem | undefined> {
  const summary = "Plugin differs from the lock file";
  const mismatch = locked && lockMismatch(locked, plugin);
  if (mismatch !== undefined) return { summary, detail: mismatch };
  const verdict = await options.store.verify(plugin, { signal: options.signal });
  if (!verdict.ok) {
    const found =
      verdict.contentHash === undefined
        ? ""
        : `\n  installed: ${plugin.contentHash}\n  found:     ${verdict.contentHash}`;
    const detail = `What is installed of ${plugin.address} ${plugin.version} was changed: ${verdict.reason}${found}\nRun ingot init to install it again.`;
    return { summary: "Plugin was changed after it was installed", detail };
  }
  if (development === undefined || locked === undefined) return undefined;
  const [own, other] = await Promise.all([sha256Of(plugin.executable), sha256Of(development)]);
  if (own === other) return undefined;
  const detail = `${LOCK_FILE_NAME} has version ${locked.version} of ${plugin.address}, but the plugin folder has another program of that name, which would be used in its place: ${development}.
  locked: sha256:${own}
  found:  sha256:${other}
Take that file away; or, to work with it, remove the block plugin "${plugin.address}" from ${LOCK_FILE_NAME}.`;
  return { summary, detail };
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer); // no encoding is set
  return hash.digest("hex");
}

function chosenPlugin(plugin: InstalledPlugin, localName: string): ChosenPlugin {
  const { name, executable, contentHash, family, address, version } = plugin;
  if (family === "ingot") return { name, localName, use: { kind: "executable", path: executable, contentHash } };
  const reason = `${address} ${version} is a plugin for Packer (${executable}). This version of Ingot installs such plugins, but can't run them yet.`;
  return { name, localName, use: { kind: "unusable", reason } };
}

function refuse({ range }: RequiredPlugin, summary: string, detail: string): Finding {
  return { kind: "refused", diagnostic: { severity: "error", summary, detail, subject: range } };
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
