import { join } from "node:path";
import { entryNameFault } from "../archive/entry-name.js";
import { InstallError } from "../install-error.js";
import type { PluginAddress } from "../plugin-address.js";
import { printable } from "../printable.js";

/**
 * The folder of an address in the plugin folder. Throws InstallError for addresses that are no plain path. A port's colon stays, as
 * in the reference, but on Windows, where no file can have one.
 */
export function addressFolder(root: string, { host, namespace, name }: PluginAddress): string {
  const parts = [host, ...namespace, name].map((part) => {
    const fault = part.startsWith(".") ? "begins with a dot" : entryNameFault(part.replace(/:(?=\d+$)/, "."));
    if (fault !== undefined || part.includes("/")) {
      throw new InstallError(
        `The plugin's address can't be a folder: its part ${JSON.stringify(printable(part))} ${fault}.`,
      );
    }
    return process.platform === "win32" ? part.replaceAll(":", "%3A") : part;
  });
  return join(root, ...parts);
}
