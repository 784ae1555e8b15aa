import { join } from "node:path";
import type { InstalledPlugin } from "./installed-plugin.js";
import { mustParseAddress } from "./requirement.js";
import { addressFolder } from "./store/address-folder.js";
import { recordFileName } from "./store/index-record.js";

/**
 * The file that stands for an installed plugin in lists, by which it can be removed: the executable of a Packer plugin, the index record of
 * ours, whose files are elsewhere.
 */
export function installedPath(root: string, plugin: InstalledPlugin): string {
  if (plugin.family === "packer") return plugin.executable;
  return join(addressFolder(root, mustParseAddress(plugin.address)), recordFileName(plugin));
}
