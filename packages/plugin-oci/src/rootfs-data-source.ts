import { createHash, randomUUID } from "node:crypto";
import { rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { makeFolders, dataSource, schema as s } from "@ingot/sdk";
import { copyHostFiles, listHostFiles } from "./base/host-programs.js";

/** The data source that makes a small root file system of programs of this machine, for a `base` without a network. */
export const rootfsDataSource = dataSource({
  name: "oci-rootfs",
  summary: "Makes a small root file system from programs of this machine and the libraries that they need.",
  config: s.object({
    programs: s.list(s.string(), {
      describe: "Programs by name (looked up on the PATH) or absolute path.",
      minItems: 1,
    }),
    directory: s.string({
      describe: "The folder to write; what was there is replaced. Default: a folder of the cache.",
      optional: true,
    }),
  }),
  output: s.object({ directory: s.string({ describe: "The folder with the root file system, absolute." }) }),
  async execute({ config, build, signal }) {
    const files = await listHostFiles(config.programs, signal);
    const folder = config.directory ?? join(build.cacheDirectory, "oci", "rootfs", await fingerprint(files));
    const directory = resolve(folder);
    if (config.directory === undefined && (await exists(directory))) return { directory };
    const draft = `${directory}.${randomUUID()}`;
    try {
      await makeFolders(dirname(directory));
      await copyHostFiles(files, draft);
      if (config.directory !== undefined) await rm(directory, { recursive: true, force: true });
      await rename(draft, directory).catch(async (error: unknown) => {
        if (!(await exists(directory))) throw error; // otherwise another run was faster
      });
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
    return { directory };
  },
});

/** Changes when one of the files does. */
async function fingerprint(files: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files) {
    const { size, mtimeMs } = await stat(file);
    hash.update(`${file}\0${size}\0${mtimeMs}\0`);
  }
  return hash.digest("hex").slice(0, 32);
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
