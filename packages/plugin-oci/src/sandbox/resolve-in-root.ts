import { readlink } from "node:fs/promises";
import { join } from "node:path";
import { OciError, errorCode } from "../oci-error.js";

/**
 * Finds where a path of a root file system really is: follows symbolic links as if `root` were "/", also at the end of the
 * path. Gives the path relative to root, free of links; parts that do not exist are kept as they are.
 */
export async function resolveInRoot(root: string, path: string): Promise<string> {
  const todo = splitPath(path).reverse();
  let done: string[] = [];
  let linksLeft = 40;
  for (let part = todo.pop(); part !== undefined; part = todo.pop()) {
    if (part === "..") {
      done.pop();
      continue;
    }
    const target = await linkTarget(join(root, ...done, part));
    if (target === undefined) {
      done.push(part);
      continue;
    }
    if (linksLeft-- === 0) throw new OciError("link-loop", `"${path}" leads into a loop of symbolic links.`);
    if (target.startsWith("/")) done = [];
    todo.push(...splitPath(target).reverse());
  }
  return done.join("/");
}

async function linkTarget(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === "EINVAL" || code === "ENOENT" || code === "ENOTDIR" || code === "EACCES") return undefined;
    throw error;
  }
}

function splitPath(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}
