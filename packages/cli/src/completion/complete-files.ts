import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import type { Candidate } from "./complete.js";

/** The files of a kind, and all folders, that begin as typed. Hidden ones only when the dot is there already. */
export function completeFiles(
  typed: string,
  { folder, fitting }: { readonly folder: string; readonly fitting: RegExp },
): readonly Candidate[] {
  const slash = typed.lastIndexOf("/") + 1;
  const [inside, start] = [typed.slice(0, slash), typed.slice(slash)];
  const place = path.resolve(folder, inside === "" ? "." : inside);
  const found: Candidate[] = [];
  for (const name of namesIn(place)) {
    if (!name.startsWith(start) || (name.startsWith(".") && start === "")) continue;
    if (isFolder(path.join(place, name))) found.push({ text: `${inside}${name}/`, summary: "", isUnfinished: true });
    else if (fitting.test(name)) found.push({ text: inside + name, summary: "" });
  }
  return found;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function isFolder(place: string): boolean {
  return statSync(place, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
