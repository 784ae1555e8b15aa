import path from "node:path";
import { FunctionError } from "@ingot/hcl";
import { codeOf } from "../system-error.js";
import type { FileScene } from "./file-scene.js";

/** Stops a search that symbolic links have made endless. */
const MOST_FOLDERS = 100_000;

/** The files below a folder whose relative paths match a pattern. Throws FunctionError. */
export function findFiles(folder: string, pattern: string, { world }: FileScene): string[] {
  const segments = expandBraces(path.posix.join(pattern)).map((one) => one.split("/").map(segmentOf(folder, pattern)));
  const found = new Set<string>();
  let visited = 0;

  const list = (at: string): readonly string[] | undefined => {
    if (++visited > MOST_FOLDERS) throw new FunctionError(`more than ${MOST_FOLDERS} folders below ${folder}`);
    try {
      return world.listFolder(path.join(folder, at));
    } catch (error) {
      if (["ENOENT", "ENOTDIR", "EACCES", "ELOOP"].includes(codeOf(error))) return undefined;
      throw new FunctionError(`failed to list ${path.join(folder, at)}`, undefined, { cause: error });
    }
  };

  const walk = (at: string, rest: readonly Segment[]): void => {
    const [segment, ...after] = rest;
    if (segment === undefined) return;
    if (segment === "..") {
      walk(path.posix.join(at, ".."), after);
      return;
    }
    if (segment === "**") walk(at, after.length === 0 ? [/^/s] : after);
    for (const name of list(at) ?? []) {
      const next = at === "" ? name : `${at}/${name}`;
      if (segment === "**") {
        if (list(next) !== undefined) walk(next, rest);
      } else if (segment.test(name)) {
        if (after.length > 0) walk(next, after);
        else if (list(next) === undefined) found.add(next);
      }
    }
  };

  for (const one of segments) walk("", one);
  return [...found];
}

type Segment = RegExp | "**" | "..";

/** Alternatives in braces, written out. */
function expandBraces(pattern: string): string[] {
  const open = /(?<!\\)\{/.exec(pattern)?.index;
  if (open === undefined) return [pattern];
  const parts: string[] = [""];
  let depth = 0;
  for (let at = open + 1; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    const current = parts.length - 1;
    if (character === "\\") {
      parts[current] += pattern.slice(at, at + 2);
      at++;
    } else if (character === "," && depth === 0) {
      parts.push("");
    } else if (character === "}" && depth === 0) {
      const [before, after] = [pattern.slice(0, open), pattern.slice(at + 1)];
      return parts.flatMap((part) => expandBraces(before + part + after));
    } else {
      if (character === "{") depth++;
      if (character === "}") depth--;
      parts[current] += character;
    }
  }
  throw new FunctionError(`failed to glob pattern (${pattern}): syntax error in pattern`);
}

/** One path segment of a pattern: `*`, `?`, `[a-z]`, `[!a-z]`, `\x`. */
function segmentOf(folder: string, pattern: string): (segment: string) => Segment {
  return (segment) => {
    if (segment === "**" || segment === "..") return segment;
    let source = "";
    for (let at = 0; at < segment.length; at++) {
      const character = segment.charAt(at);
      if (character === "*") source += ".*";
      else if (character === "?") source += ".";
      else if (character === "\\") source += escape(segment.charAt(++at));
      else if (character === "[") {
        const end = segment.indexOf("]", at + 2);
        if (end < 0)
          throw new FunctionError(`failed to glob pattern (${path.join(folder, pattern)}): syntax error in pattern`);
        const body = segment.slice(at + 1, end).replace(/^[!^]/, "");
        source += `[${/^[!^]/.test(segment.slice(at + 1)) ? "^" : ""}${body.replace(/[\\\][^]/g, "\\$&")}]`;
        at = end;
      } else source += escape(character);
    }
    return new RegExp(`^${source}$`, "su");
  };
}

function escape(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
}
