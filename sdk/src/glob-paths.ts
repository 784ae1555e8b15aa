import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";

const SPECIAL = process.platform === "win32" ? /[*?[]/ : /[*?[\\]/;

/** True for a path that is a pattern. */
export function isPattern(path: string): boolean {
  return SPECIAL.test(path);
}

/** Why a pattern is malformed, or undefined. */
export function patternProblem(pattern: string): string | undefined {
  return pattern.split("/").some((segment) => segmentMatcher(segment) === undefined)
    ? "syntax error in pattern"
    : undefined;
}

/**
 * Lists what matches a pattern of Go's path matching: `*`, `?`, `[set]`, `\` escapes; no `**`, no braces. Sorted in each folder;
 * relative patterns give relative paths, looked up in `folder`. A path without special characters is given when it exists.
 */
export async function globPaths(pattern: string, folder: string): Promise<readonly string[]> {
  if (!isPattern(pattern)) return (await exists(resolve(folder, pattern))) ? [pattern] : [];
  const slash = pattern.lastIndexOf("/");
  const parent = slash < 0 ? "" : slash === 0 ? "/" : pattern.slice(0, slash);
  const matcher = segmentMatcher(pattern.slice(slash + 1));
  if (matcher === undefined) throw new Error("syntax error in pattern");
  const parents = parent === "" || !isPattern(parent) ? [parent] : await globPaths(parent, folder);
  const found = await Promise.all(
    parents.map(async (each) => {
      const names = await readdir(resolve(folder, each)).catch(() => []);
      return names
        .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
        .filter((name) => matcher.test(name))
        .map((name) => join(each, name));
    }),
  );
  return found.flat();
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** A regular expression for one segment of a pattern; undefined when it is malformed. */
function segmentMatcher(pattern: string): RegExp | undefined {
  const token = /\\(.)|\*|\?|\[(\^?)((?:\\.|[^\]\\])+)\]|([^\\*?[])/gsuy;
  let source = "";
  while (token.lastIndex < pattern.length) {
    const match = token.exec(pattern);
    if (match === null) return undefined;
    const [text, escaped, negation, set, plain] = match;
    if (text === "*") source += ".*";
    else if (text === "?") source += ".";
    else if (set !== undefined) source += `[${negation ?? ""}${setSource(set)}]`;
    else source += (escaped ?? plain ?? "").replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
  }
  try {
    return new RegExp(`^${source}$`, "su");
  } catch {
    return undefined; // such as [z-a]
  }
}

function setSource(set: string): string {
  return set.replace(/\\?(.)/gsu, (all, character: string) => {
    if (all.length > 1 && character === "-") return "\\-";
    return /[\\\]^[]/.test(character) ? `\\${character}` : character;
  });
}
