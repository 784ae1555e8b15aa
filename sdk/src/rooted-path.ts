import { close as closeCallback, constants, openSync, readlinkSync, lstatSync, mkdirSync } from "node:fs";
import { posix } from "node:path";

/** A place inside a root folder: the folder that contains it, opened, and its name there. Close it. */
export interface RootedPlace {
  /** A path that leads to the place and, on Linux, cannot be redirected by links that are changed meanwhile. */
  readonly path: string;
  /** Its path inside the root, free of links, without a slash at the front. Empty for the root itself. */
  readonly inner: string;
  close(): void;
}

const MAX_LINKS = 40;

/**
 * Finds a path inside a root folder as a process would whose root folder that is: absolute links and steps upwards stay
 * inside. The last component is followed when `followLast` says so and may not exist; missing folders above it are made when
 * `makeFolders` says so. Throws the system's error (ENOENT, ELOOP, ENOTDIR).
 */
export function openRooted(
  root: string,
  path: string,
  options: { readonly followLast: boolean; readonly makeFolders?: boolean },
): RootedPlace {
  const stack = new FolderStack(root);
  try {
    const todo = path.split("/").filter((step) => step !== "" && step !== ".");
    let links = 0;
    for (let step = todo.shift(); step !== undefined; step = todo.shift()) {
      const isLast = todo.length === 0;
      if (step === "..") {
        stack.pop();
        continue;
      }
      const target = isLast && !options.followLast ? undefined : stack.readLink(step);
      if (target !== undefined) {
        if (++links > MAX_LINKS) throw Object.assign(new Error(`ELOOP: too many links in ${path}`), { code: "ELOOP" });
        if (target.startsWith("/")) stack.reset();
        todo.unshift(...target.split("/").filter((part) => part !== "" && part !== "."));
        continue;
      }
      if (isLast) return stack.place(step);
      stack.push(step, options.makeFolders === true);
    }
    return stack.place(undefined);
  } catch (error) {
    stack.close();
    throw error;
  }
}

/** The open folders from the root to where a walk stands. */
class FolderStack {
  readonly #folders: { readonly name: string; readonly path: string; readonly fd: number | undefined }[] = [];
  readonly #closed: number[] = [];

  constructor(root: string) {
    this.#folders.push({ name: "", ...openFolder(root, true) });
  }

  get #here(): string {
    return this.#folders.at(-1)?.path ?? "/";
  }

  push(name: string, makeIt: boolean): void {
    const path = posix.join(this.#here, name);
    if (makeIt) {
      try {
        mkdirSync(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
    }
    this.#folders.push({ name, ...openFolder(path, false) });
  }

  pop(): void {
    if (this.#folders.length === 1) return;
    const fd = this.#folders.pop()?.fd;
    if (fd !== undefined) this.#closed.push(fd);
  }

  reset(): void {
    while (this.#folders.length > 1) this.pop();
  }

  /** Where a name in this folder points when it is a link. */
  readLink(name: string): string | undefined {
    try {
      return readlinkSync(posix.join(this.#here, name));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EINVAL" || code === "ENOENT" || code === "UNKNOWN") return undefined; // no link, or nothing at all
      throw error;
    }
  }

  place(name: string | undefined): RootedPlace {
    const steps = this.#folders.slice(1).map((folder) => folder.name);
    return {
      path: name === undefined ? this.#here : posix.join(this.#here, name),
      inner: [...steps, ...(name === undefined ? [] : [name])].join("/"),
      close: () => this.close(),
    };
  }

  close(): void {
    for (const { fd } of this.#folders.splice(0)) if (fd !== undefined) this.#closed.push(fd);
    for (const fd of this.#closed.splice(0)) closeCallback(fd, () => {}); // nothing can be done about a failed close
  }
}

/** Opens a folder. On Linux its path goes by way of the open descriptor, so that nobody can swap it for a link. */
function openFolder(path: string, isRoot: boolean): { readonly path: string; readonly fd: number | undefined } {
  if (process.platform !== "linux") {
    if (!isRoot && !lstatSync(path).isDirectory())
      throw Object.assign(new Error(`ENOTDIR: ${path}`), { code: "ENOTDIR" });
    return { path, fd: undefined };
  }
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | (isRoot ? 0 : constants.O_NOFOLLOW));
  return { path: `/proc/self/fd/${fd}`, fd };
}
