import { mkdir, rm } from "node:fs/promises";
import { makeFolders } from "@ingot/files";
import type { WorkFolder } from "./plugin-store.js";
import { storeFolder, temporaryName } from "./store-files.js";

/** Makes a private folder in the store for something unfinished. It is removed when disposed. */
export async function makeWorkFolder(root: string): Promise<WorkFolder> {
  await makeFolders(storeFolder(root), 0o700);
  const path = temporaryName(root);
  await mkdir(path, { mode: 0o700 });
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
