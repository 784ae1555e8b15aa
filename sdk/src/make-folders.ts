import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it; what is there already stays. Rejects with the system's error. Node's own way of it never
 * ends, and keeps a core busy, where a folder cannot be made in one that exists: below /proc for one.
 */
export async function makeFolders(path: string, mode?: number): Promise<void> {
  const make = (): Promise<unknown> => mkdir(path, mode);
  try {
    await make().catch(async (error: NodeJS.ErrnoException) => {
      const above = dirname(path);
      if (error.code !== "ENOENT" || above === path) throw error;
      await makeFolders(above, mode);
      await make();
    });
  } catch (error) {
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory() !== true) throw error;
  }
}
