import { basename, posix } from "node:path";

/**
 * Gives the folder that a folder transfer writes into: the destination itself when the source ends with a slash, otherwise the
 * folder of the source's base name in it.
 */
export function dirDestination(source: string, destination: string): string {
  const base = basename(source.replace(/\/+$/, ""));
  const isContentOnly = source.endsWith("/") || base === "" || base === "." || base === "..";
  return isContentOnly ? destination : posix.join(destination, base);
}

/** What makes a path other than plain: steps to nowhere or upwards, slashes that are too many. */
const STEPS = /(?:^|\/)\.{0,2}(?:\/|$)|\0/;

/**
 * Checks the path of an entry that came from elsewhere: relative, with forward slashes, without steps upwards. Gives it
 * normalised; throws an Error that names it otherwise.
 */
export function checkEntryPath(path: string): string {
  if (!STEPS.test(path)) return path;
  const normal = posix.normalize(path).replace(/\/+$/, "");
  if (normal.startsWith("/") || normal === ".." || normal.startsWith("../") || path.includes("\0")) {
    throw new Error(`The entry "${path}" of the folder transfer leads out of the folder.`);
  }
  return normal;
}

/** Tells whether an entry is excluded: it or a folder above it is in the list. */
export function isExcluded(path: string, exclude: readonly string[]): boolean {
  return exclude.some((entry) => {
    const normal = posix.normalize(entry).replace(/\/+$/, "");
    return path === normal || path.startsWith(`${normal}/`);
  });
}
