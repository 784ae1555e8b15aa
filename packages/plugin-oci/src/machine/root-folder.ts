import { constants, type Stats } from "node:fs";
import { lstat, mkdir, open, type FileHandle } from "node:fs/promises";
import { OciError, errorCode } from "../oci-error.js";
import { resolveInRoot } from "../sandbox/resolve-in-root.js";

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;

/**
 * An open folder inside a root file system. Names in it are reached through the open folder itself, so that a path cannot
 * be bent to lead out of the root after it was checked.
 */
export class RootFolder implements AsyncDisposable {
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /**
   * Opens a folder; links in the path are followed inside the root. With `create`, missing folders are made.
   * Rejects with OciError "no-folder".
   */
  static async open(root: string, path: string, options: { readonly create?: boolean } = {}): Promise<RootFolder> {
    const resolved = await resolveInRoot(root, path);
    let handle = await open(`${root}/`, O_RDONLY | O_DIRECTORY);
    try {
      for (const name of resolved.split("/").filter((part) => part !== "")) {
        const next = `/proc/self/fd/${handle.fd}/${name}`;
        if (options.create === true) await makeFolder(next);
        const inner = await open(next, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        await handle.close();
        handle = inner;
      }
      return new RootFolder(handle);
    } catch (cause) {
      await handle.close();
      const code = errorCode(cause);
      if (code === "ENOENT") throw new OciError("no-folder", `There is no folder "${path}" in the image.`, { cause });
      if (code === "ENOTDIR" || code === "ELOOP")
        throw new OciError("no-folder", `"${path}" is not a folder in the image.`, { cause });
      throw cause;
    }
  }

  /** The path by which this process reaches a name in the folder. The name itself must not be followed as a link. */
  at(name: string): string {
    return `/proc/self/fd/${this.#handle.fd}/${name}`;
  }

  /** The folder itself as a path. */
  get path(): string {
    return `/proc/self/fd/${this.#handle.fd}`;
  }

  /** Gives what a name is, or undefined when it does not exist. */
  async look(name: string): Promise<Stats | undefined> {
    return await lstat(this.at(name)).catch((error: unknown) => {
      if (errorCode(error) === "ENOENT") return undefined;
      throw error;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, 0o755);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  }
}
