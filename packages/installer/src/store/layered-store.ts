import { relative, isAbsolute, sep } from "node:path";
import type { InstalledPlugin } from "../installed-plugin.js";
import type { PluginFamily } from "../plugin-source.js";
import { comparePlugins } from "./list-plugins.js";
import type {
  PluginStore,
  PutArchive,
  PutFile,
  StoreCallOptions,
  StoreQuery,
  Verdict,
  WorkFolder,
} from "./plugin-store.js";

/** A folder whose plugins count too, though nothing is installed into it. */
export interface FurtherStore {
  readonly store: PluginStore;
  /** Only plugins of this family count there. */
  readonly family?: PluginFamily | undefined;
}

/** Several plugin folders as one: plugins are installed into the first and found in all, of the same version in the first one. */
export class LayeredStore implements PluginStore {
  readonly root: string;
  readonly folders: readonly string[];
  readonly #own: PluginStore;
  readonly #further: readonly FurtherStore[];

  constructor(own: PluginStore, further: readonly FurtherStore[]) {
    this.root = own.root;
    this.folders = [own.root, ...further.map(({ store }) => store.root)];
    this.#own = own;
    this.#further = further;
  }

  async makeWorkFolder(): Promise<WorkFolder> {
    return await this.#own.makeWorkFolder();
  }

  async putArchive(request: PutArchive, options: StoreCallOptions): Promise<InstalledPlugin> {
    return await this.#own.putArchive(request, options);
  }

  async putFile(request: PutFile, options: StoreCallOptions): Promise<InstalledPlugin> {
    return await this.#own.putFile(request, options);
  }

  async list(query: StoreQuery, options: StoreCallOptions): Promise<readonly InstalledPlugin[]> {
    const layers = [{ store: this.#own, family: undefined }, ...this.#further].reverse();
    const lists = await Promise.all(
      layers.map(async ({ store, family = query.family }) =>
        query.family !== undefined && family !== query.family
          ? []
          : await store.list({ ...query, ...(family === undefined ? {} : { family }) }, options),
      ),
    );
    // Whoever wants one takes the last: what is equal keeps this order.
    return lists.flat().sort(comparePlugins);
  }

  placeOf(plugin: InstalledPlugin): string {
    return this.#storeOf(plugin).placeOf(plugin);
  }

  async remove(plugin: InstalledPlugin): Promise<readonly string[]> {
    return await this.#storeOf(plugin).remove(plugin);
  }

  async verify(plugin: InstalledPlugin, options: StoreCallOptions & { readonly thorough?: boolean }): Promise<Verdict> {
    return await this.#storeOf(plugin).verify(plugin, options);
  }

  async clean(): Promise<void> {
    await this.#own.clean();
  }

  #storeOf({ executable }: InstalledPlugin): PluginStore {
    const stores = [this.#own, ...this.#further.map(({ store }) => store)];
    const around = stores.filter(({ root }) => isInside(executable, root));
    return around.sort((a, b) => b.root.length - a.root.length)[0] ?? this.#own; // of folders in each other, the inner one
  }
}

function isInside(file: string, folder: string): boolean {
  const inside = relative(folder, file);
  return !isAbsolute(inside) && inside.split(sep)[0] !== "..";
}
