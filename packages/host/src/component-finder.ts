import { isError, messageOf } from "@ingot/diag";
import type { ComponentKind, ComponentRef } from "@ingot/engine";
import { orAborted, PluginServiceService, type DescribeResponse } from "@ingot/protocol";
import { chosenFor, executableOf, localComponentName, ownNames, type ChosenPlugin } from "./chosen-plugin.js";
import { componentText } from "./component-text.js";
import { DescriptionCache } from "./description-cache.js";
import { candidatesFor, findPlugins, searchedFolders, type SearchPlaces } from "./find-plugins.js";
import { hostRecord } from "./log-sink.js";
import {
  decodeDescription,
  findComponent,
  type DescribedComponent,
  type PluginDescription,
} from "./plugin-description.js";
import { PluginError } from "./plugin-error.js";
import { keyOf, type PluginExecutable } from "./plugin-executable.js";
import type { ResolvedOptions } from "./plugin-host-options.js";
import type { PluginConnection } from "./plugin-connection.js";
import type { PluginRunner } from "./plugin-runner.js";
import { WireProblem } from "./wire-problem.js";

/** A component and the plugin that offers it. */
export interface FoundComponent {
  readonly plugin: PluginExecutable;
  /** Has the component's name in the plugin, which may differ from the one that was looked for. */
  readonly description: DescribedComponent;
}

/** Finds which plugin offers a component. Each plugin is asked at most once, and only when no likelier one offers it. */
export class ComponentFinder {
  readonly #options: ResolvedOptions;
  readonly #runner: PluginRunner;
  readonly #cache: DescriptionCache;
  readonly #places: SearchPlaces;
  readonly #found = new Map<string, Promise<FoundComponent | undefined>>();
  readonly #descriptions = new Map<string, Promise<PluginDescription>>();
  #plugins: readonly PluginExecutable[] | undefined;
  #chosen: readonly ChosenPlugin[] = [];
  #installed: Promise<readonly ChosenPlugin[]> | undefined;

  constructor(options: ResolvedOptions, runner: PluginRunner) {
    this.#options = options;
    this.#runner = runner;
    this.#cache = new DescriptionCache(options.cacheDir, options.hostVersion);
    const { userPluginDir, builtinPluginDir } = options;
    this.#places = { pluginPath: options.env["INGOT_PLUGIN_PATH"], userPluginDir, builtinPluginDir };
  }

  /** Puts plugins before those that are found in folders. To be called before components are looked for. */
  choose(plugins: readonly ChosenPlugin[]): void {
    this.#chosen = plugins;
    this.#found.clear();
  }

  /** Undefined when no plugin offers it. Rejects when a plugin that should offer it is broken. */
  async find(component: ComponentRef, signal: AbortSignal): Promise<FoundComponent | undefined> {
    signal.throwIfAborted();
    const key = `${component.kind} ${component.name}`;
    let finding = this.#found.get(key);
    if (!finding) {
      finding = this.#search(component);
      finding.catch(() => {}); // whoever waits gets the error
      this.#found.set(key, finding);
    }
    return await orAborted(finding, signal);
  }

  /** As `find`, but rejects with "not-found" when no plugin offers it. */
  async mustFind(component: ComponentRef, signal: AbortSignal): Promise<FoundComponent> {
    const found = await this.find(component, signal);
    if (found) return found;
    const folders = searchedFolders(this.#places);
    const where = folders.length > 0 ? folders.join(", ") : "no folder";
    const lines = [
      `No plugin offers the ${componentText(component)}.`,
      `  Plugins were looked for in: ${where}`,
      `  Install a plugin that offers it, or add its folder to INGOT_PLUGIN_PATH.`,
    ];
    throw new PluginError("not-found", lines.join("\n"));
  }

  /**
   * As `mustFind`, but what the plugin of the component `user` offers itself comes first: other plugins may have the same names. One of its
   * own name doesn't count: it is somebody else's, and its components were not meant.
   */
  async mustFindFor(user: ComponentRef, component: ComponentRef, signal: AbortSignal): Promise<FoundComponent> {
    const { plugin } = await this.mustFind(user, signal);
    const own = findComponent(await this.#describe(plugin, signal), component);
    if (own) return { plugin, description: own };
    const found = await this.mustFind(component, signal);
    if (found.plugin.name !== plugin.name) return found;
    const lines = [
      `The ${componentText(user)} needs the ${componentText(component)}, which its plugin doesn't offer.`,
      `  Plugin: ${plugin.path}`,
      `  Another plugin that is called ${JSON.stringify(plugin.name)} offers one of that name: ${found.plugin.path}`,
      `  This is a defect of the first plugin; report it to its author, or use another version.`,
    ];
    throw new PluginError("not-found", lines.join("\n"));
  }

  /** The names of all components of one kind. Broken plugins are left out. */
  async namesOf(kind: ComponentKind, signal: AbortSignal): Promise<readonly string[]> {
    const names = new Set<string>();
    for (const plugin of this.#allPlugins()) {
      const description = await this.#describeIfPossible(plugin, signal);
      for (const component of description?.components ?? []) if (component.kind === kind) names.add(component.name);
    }
    for (const chosen of [...this.#chosen, ...(await this.#findInstalled())]) {
      const plugin = this.#executableOf(chosen);
      const description = plugin && (await this.#describeIfPossible(plugin, signal));
      for (const component of description?.components ?? [])
        if (component.kind === kind) names.add(localComponentName(component.name, chosen));
    }
    return [...names].sort();
  }

  async #search(component: ComponentRef): Promise<FoundComponent | undefined> {
    return (
      (await this.#searchChosen(component, this.#chosen)) ??
      (await this.#searchFound(component)) ??
      (await this.#searchChosen(component, await this.#findInstalled()))
    );
  }

  async #searchChosen(component: ComponentRef, all: readonly ChosenPlugin[]): Promise<FoundComponent | undefined> {
    for (const chosen of chosenFor(component.name, all)) {
      const names = ownNames(component.name, chosen);
      const { use } = chosen;
      if (use.kind === "unusable") {
        if (names.length > 0) throw new PluginError("unusable", use.reason);
        continue;
      }
      const plugin = this.#executableOf(chosen);
      if (plugin === undefined) continue;
      const isLikely = names.length > 0;
      const description = await this.#describeLikely(plugin, isLikely);
      for (const name of isLikely ? names : [component.name]) {
        const found = description && findComponent(description, { ...component, name });
        if (found) return { plugin, description: found };
      }
    }
    return undefined;
  }

  async #describeLikely(plugin: PluginExecutable, isLikely: boolean): Promise<PluginDescription | undefined> {
    const signal = this.#runner.lifetime;
    return isLikely ? await this.#describe(plugin, signal) : await this.#describeIfPossible(plugin, signal);
  }

  #executableOf(chosen: ChosenPlugin): PluginExecutable | undefined {
    const all = this.#allPlugins();
    const running = all.find(({ name, path }) => path === "" && name === chosen.name);
    return running ?? executableOf(chosen, all, chosen.use.kind === "builtin" ? this.#builtinPlugins() : []);
  }

  /** The plugins that come with Ingot, also those that another of the same name hides. */
  #builtinPlugins(): readonly PluginExecutable[] {
    const places = { ...this.#places, pluginPath: undefined, userPluginDir: undefined };
    return findPlugins(places, () => undefined);
  }

  /** What else is installed. Looked for only when nothing else offers a component. */
  #findInstalled(): Promise<readonly ChosenPlugin[]> {
    return (this.#installed ??= Promise.resolve(this.#options.findInstalled?.() ?? []));
  }

  async #searchFound(component: ComponentRef): Promise<FoundComponent | undefined> {
    for (const { plugin, isLikely } of candidatesFor(component.name, this.#allPlugins())) {
      const description = await this.#describeLikely(plugin, isLikely);
      const found = description && findComponent(description, component);
      if (found) return { plugin, description: found };
    }
    return undefined;
  }

  async #describeIfPossible(plugin: PluginExecutable, signal: AbortSignal): Promise<PluginDescription | undefined> {
    try {
      return await this.#describe(plugin, signal);
    } catch (error) {
      signal.throwIfAborted();
      this.#runner.lifetime.throwIfAborted();
      const fields = { path: plugin.path, error: isError(error) ? messageOf(error) : String(error) };
      this.#options.log?.(hostRecord(plugin.name, "warn", "a plugin is broken and was left out", fields));
      return undefined;
    }
  }

  async #describe(plugin: PluginExecutable, signal: AbortSignal): Promise<PluginDescription> {
    let describing = this.#descriptions.get(keyOf(plugin));
    if (!describing) {
      describing = this.#readDescription(plugin);
      describing.catch(() => {}); // whoever waits gets the error
      this.#descriptions.set(keyOf(plugin), describing);
    }
    return await orAborted(describing, signal);
  }

  async #readDescription(plugin: PluginExecutable): Promise<PluginDescription> {
    const isRunning = plugin.path === "";
    const known = isRunning ? undefined : this.#cache.read(plugin);
    if (known) return known;
    const connection = await this.#runner.connect(plugin, this.#runner.lifetime);
    const { hostVersion, describeTimeoutMs } = this.#options;
    const wire = await askDescription(connection, hostVersion, describeTimeoutMs, this.#runner.lifetime);
    const description = readDescription(connection, wire);
    if (!isRunning) this.#cache.write(plugin, wire);
    return description;
  }

  #allPlugins(): readonly PluginExecutable[] {
    if (this.#plugins) return this.#plugins;
    const { log, reattach } = this.#options;
    const found = findPlugins(this.#places, (path) => {
      log?.(hostRecord("host", "warn", "a plugin is not an executable file and was left out", { path }));
    });
    const running = [...reattach.keys()].map((name) => ({ name, path: "", isBuiltin: false }));
    return (this.#plugins = [...running, ...found.filter(({ name }) => !reattach.has(name))]);
  }
}

/** Asks a plugin for its description. */
export async function askDescription(
  connection: PluginConnection,
  hostVersion: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<DescribeResponse> {
  const request = { hostVersion, capabilities: [] };
  return await connection.call("described itself", PluginServiceService.describe, request, { signal, timeoutMs });
}

/** Reads a description. Throws PluginError "describe" when it makes no sense. */
export function readDescription(connection: PluginConnection, wire: DescribeResponse): PluginDescription {
  connection.pluginVersion = wire.version;
  try {
    return decodeDescription(wire);
  } catch (error) {
    if (!(error instanceof WireProblem)) throw error;
    const headline = `The plugin "${connection.name}" describes itself wrongly: ${error.sentence}.`;
    throw connection.error("describe", headline, "This is a defect of the plugin; report it to its author.", error);
  }
}
