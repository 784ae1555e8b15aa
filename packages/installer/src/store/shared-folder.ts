import { stat } from "node:fs/promises";

const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;

/** Warns of a plugin folder in which everybody can put other programs in the place of plugins; undefined when all is well. */
export async function sharedFolderWarning(root: string): Promise<string | undefined> {
  if (process.platform === "win32") return undefined; // modes say nothing there
  const stats = await stat(root).catch(() => undefined);
  if (stats === undefined || (stats.mode & OTHERS_WRITE) === 0 || (stats.mode & STICKY) !== 0) return undefined;
  return `Everybody on this machine can write into the plugin folder ${root}, and so change what you run. Take that right away (chmod o-w), or choose another folder with INGOT_PLUGIN_PATH.`;
}
