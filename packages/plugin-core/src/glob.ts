import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * Lists the paths that match a pattern of Go's path matching: `*`, `?`, `[set]`, `\` escapes; no `**`, no braces. Results are
 * sorted per folder. A pattern without special characters gives the path itself when it exists. Unreadable folders match nothing.
 */
export function glob(pattern: string): readonly string[] {
  if (!hasMeta(pattern)) return exists(pattern) ? [pattern] : [];
  const slash = pattern.lastIndexOf("/");
  const folderPattern = slash < 0 ? "" : slash === 0 ? "/" : pattern.slice(0, slash);
  const matcher = segmentMatcher(pattern.slice(slash + 1));
  const folders = folderPattern === "" || !hasMeta(folderPattern) ? [folderPattern] : glob(folderPattern);
  return folders.flatMap((folder) =>
    names(folder)
      .filter((name) => matcher.test(name))
      .map((name) => (folder === "" ? name : join(folder, name))),
  );
}

function hasMeta(pattern: string): boolean {
  return /[*?[\\]/.test(pattern);
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder === "" ? "." : folder).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  } catch {
    return [];
  }
}

/** Translates one path segment's pattern to a regular expression; throws an Error for a malformed pattern. */
function segmentMatcher(pattern: string): RegExp {
  const token = /\\(.)|\*|\?|\[(\^?)((?:\\.|[^\]\\])+)\]|([^\\*?[])/gsuy;
  let source = "";
  while (token.lastIndex < pattern.length) {
    const match = token.exec(pattern);
    if (match === null) throw new Error(`syntax error in pattern: ${pattern}`);
    const [text, escaped, negation, set, plain] = match;
    if (text === "*") source += ".*";
    else if (text === "?") source += ".";
    else if (set !== undefined)
      source += `[${negation ?? ""}${set.replace(/\\(.)/gs, "$1").replace(/[\\\]^]/g, "\\$&")}]`;
    else source += (escaped ?? plain ?? "").replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
  }
  return new RegExp(`^${source}$`, "su");
}
