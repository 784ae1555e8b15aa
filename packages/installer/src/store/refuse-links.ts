import { lstat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { InstallError } from "../install-error.js";

/**
 * Refuses to write into a folder that is reached by a symbolic link inside of the plugin folder: what lies there isn't found again, as in
 * the reference, and somebody else may have set the link. The plugin folder itself may be a link.
 */
export async function refuseLinks(root: string, folder: string): Promise<void> {
  let at = root;
  for (const part of relative(root, folder).split(sep)) {
    at = join(at, part);
    const stats = await lstat(at).catch(() => undefined); // what isn't there is no link
    if (stats === undefined) return;
    if (!stats.isSymbolicLink()) continue;
    throw new InstallError(
      `${at} is a symbolic link, so nothing is installed there: plugins are found in real folders only. Replace it by a folder, or set INGOT_PLUGIN_PATH to where plugins are to be.`,
    );
  }
}
