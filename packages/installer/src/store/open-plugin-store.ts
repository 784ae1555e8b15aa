import { resolve } from "node:path";
import { installedPath } from "../installed-path.js";
import { isPluginName } from "../asset-names.js";
import { InstallError } from "../install-error.js";
import type { InstalledPlugin } from "../installed-plugin.js";
import { printable } from "../printable.js";
import { isCanonicalVersion } from "../plugin-version.js";
import { addressFolder } from "./address-folder.js";
import { FactCache } from "./fact-cache.js";
import { inPluginFolder } from "./folder-error.js";
import { hashBinary } from "./hash-content.js";
import { contentDifference, contentFault } from "./list-ingot.js";
import { LayeredStore } from "./layered-store.js";
import { listPlugins } from "./list-plugins.js";
import type {
  PluginStore,
  PutArchive,
  PutFile,
  StoreCallOptions,
  StoreOptions,
  StoreQuery,
  Verdict,
} from "./plugin-store.js";
import { putIngotArchive, putIngotFile } from "./put-ingot.js";
import { putPackerArchive, putPackerFile } from "./put-packer.js";
import { refuseLinks } from "./refuse-links.js";
import { cleanStore, removePlugin } from "./remove-plugin.js";
import type { StoreContext } from "./store-context.js";
import { storeFolder } from "./store-files.js";
import { makeWorkFolder } from "./work-folder.js";

const DESCRIBE_TIMEOUT_MS = 10_000;
const NOTHING = "Nothing was installed.";

/** Opens a plugin folder. Nothing is made or read before it is asked for. */
export function openPluginStore({ further = [], ...options }: StoreOptions): PluginStore {
  const own = new LocalPluginStore(options);
  const others = further.map(({ root, family }) => ({ store: new LocalPluginStore({ ...options, root }), family }));
  const different = others.filter(({ store }) => store.root !== own.root);
  return different.length === 0 ? own : new LayeredStore(own, different);
}

class LocalPluginStore implements PluginStore {
  readonly root: string;
  readonly folders: readonly string[];
  readonly #cache: FactCache;
  readonly #describeTimeoutMs: number;
  #cleaned: Promise<void> | undefined;

  constructor({ root, cacheFolder, describeTimeoutMs }: Omit<StoreOptions, "further">) {
    this.root = resolve(root);
    this.folders = [this.root];
    this.#cache = new FactCache(cacheFolder);
    this.#describeTimeoutMs = describeTimeoutMs ?? DESCRIBE_TIMEOUT_MS;
  }

  async makeWorkFolder() {
    return await this.#write(async () => {
      await refuseLinks(this.root, storeFolder(this.root));
      return await makeWorkFolder(this.root);
    }, NOTHING);
  }

  async putArchive(request: PutArchive, { signal }: StoreCallOptions): Promise<InstalledPlugin> {
    checkRequest(request);
    const put = request.family === "ingot" ? putIngotArchive : putPackerArchive;
    return await this.#write(() => this.#put(put, request, signal), NOTHING);
  }

  async putFile(request: PutFile, { signal }: StoreCallOptions): Promise<InstalledPlugin> {
    checkRequest(request);
    const put = request.family === "ingot" ? putIngotFile : putPackerFile;
    return await this.#write(() => this.#put(put, request, signal), NOTHING);
  }

  async list(query: StoreQuery, { signal }: StoreCallOptions): Promise<readonly InstalledPlugin[]> {
    signal.throwIfAborted();
    return await listPlugins(query, this.#context(signal));
  }

  placeOf(plugin: InstalledPlugin): string {
    return installedPath(this.root, plugin);
  }

  async remove(plugin: InstalledPlugin): Promise<readonly string[]> {
    return await this.#write(() => removePlugin(this.root, plugin));
  }

  async verify(
    plugin: InstalledPlugin,
    { signal, thorough = false }: StoreCallOptions & { readonly thorough?: boolean },
  ): Promise<Verdict> {
    const context = { ...this.#context(signal), thorough };
    const { contentHash } = plugin;
    const reason = plugin.family === "ingot" ? await contentFault(plugin, context) : await binaryFault(plugin, context);
    return reason === undefined ? { ok: true, contentHash } : { ok: false, reason };
  }

  async clean(): Promise<void> {
    await cleanStore(this.root);
  }

  async #put<T extends PutArchive | PutFile>(
    put: (request: T, context: StoreContext) => Promise<InstalledPlugin>,
    request: T,
    signal: AbortSignal,
  ): Promise<InstalledPlugin> {
    for (const folder of [storeFolder(this.root), addressFolder(this.root, request.address)]) {
      await refuseLinks(this.root, folder);
    }
    return await put(request, this.#context(signal));
  }

  /** Runs what writes, after the first sweep. */
  async #write<T>(action: () => Promise<T>, outcome?: string): Promise<T> {
    this.#cleaned ??= cleanStore(this.root);
    await this.#cleaned;
    return await inPluginFolder({ root: this.root, ...(outcome !== undefined && { outcome }) }, action);
  }

  #context(signal: AbortSignal): StoreContext {
    signal.throwIfAborted();
    return { root: this.root, cache: this.#cache, describeTimeoutMs: this.#describeTimeoutMs, signal };
  }
}

async function binaryFault(plugin: InstalledPlugin, context: StoreContext): Promise<string | undefined> {
  try {
    const found = await hashBinary(plugin.executable, context);
    return found === plugin.contentHash ? undefined : contentDifference(plugin.contentHash, found);
  } catch {
    context.signal.throwIfAborted();
    return `its file can't be read (${plugin.executable})`;
  }
}

/** Nothing of a request becomes part of a path unchecked. */
function checkRequest({ address, family, version, api, platform }: PutArchive | PutFile): void {
  const faults = [
    isPluginName(address.name, family) ? undefined : `the name ${JSON.stringify(printable(address.name))}`,
    isCanonicalVersion(version) ? undefined : `the version ${JSON.stringify(printable(version))}`,
    (family === "ingot" ? /^p[1-9]\d{0,3}$/ : /^x\d{1,4}\.\d{1,4}$/).test(api)
      ? undefined
      : `the API ${JSON.stringify(printable(api))}`,
    /^[a-z0-9]+$/.test(platform.os) && /^[a-z0-9]*$/.test(platform.arch) ? undefined : "the platform",
  ];
  const fault = faults.find((found) => found !== undefined);
  if (fault !== undefined) throw new InstallError(`This can't be installed: ${fault} isn't of the right form.`);
}
