// A process of its own that works on a plugin folder, for tests with many processes and with killed ones:
// `node store-worker.js '{"root":…,"cacheFolder":…,"archives":[…],"rounds":…,"remove":…}'`
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseArchiveName } from "../asset-names.js";
import { parsePluginAddress } from "../plugin-address.js";
import { openPluginStore } from "../store/open-plugin-store.js";

export interface StoreWork {
  readonly root: string;
  readonly cacheFolder?: string;
  /** Files with the names of archives. */
  readonly archives: readonly string[];
  readonly rounds: number;
  /** Removes each plugin again. */
  readonly remove: boolean;
}

const work = JSON.parse(process.argv[2] ?? "") as StoreWork;
const { signal } = new AbortController();
for (let round = 0; round < work.rounds; round++) {
  for (const archive of work.archives) {
    const asset = parseArchiveName(archive.split("/").at(-1) ?? "");
    if (asset === undefined) throw new Error(`not the name of an archive: ${archive}`);
    const address = parsePluginAddress(`github.com/acme/${asset.name}`);
    if ("problem" in address) throw new Error(address.problem);
    const store = openPluginStore(work);
    const archiveHash = `sha256:${createHash("sha256").update(readFileSync(archive)).digest("hex")}`;
    const plugin = await store.putArchive({ ...asset, address, archive, archiveHash }, { signal });
    process.stdout.write(`${plugin.contentHash}\n`);
    if (work.remove) await store.remove(plugin);
  }
}
