import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { messageOf, systemReason, type Diagnostic } from "@ingot/diag";
import { compareBytes } from "@ingot/hcl";

const SUFFIXES = [".pkr.hcl", ".pkrvars.hcl"];

/** Tells whether a name is that of a file that can be formatted. */
export function isFormattable(name: string): boolean {
  return SUFFIXES.some((suffix) => name.endsWith(suffix));
}

/**
 * The files that an argument stands for, as they are named to the user. Whatever is no folder is given back as it is. A folder that
 * can't be read is given as a diagnostic.
 */
export function* findFiles(
  given: string,
  options: { readonly workingDirectory: string; readonly recursive: boolean },
): Generator<string | Diagnostic> {
  const absolute = path.resolve(options.workingDirectory, given);
  if (given === "-" || given === "" || !isFolder(absolute)) {
    yield given;
    return;
  }
  let entries;
  try {
    entries = readdirSync(absolute, { withFileTypes: true });
  } catch (error) {
    yield {
      severity: "error",
      summary: "Cannot read hcl directory",
      detail: `open ${given}: ${systemReason(error) ?? messageOf(error)}`,
    };
    return;
  }
  for (const entry of entries.sort((a, b) => compareBytes(a.name, b.name))) {
    if (isIgnored(entry.name)) continue;
    const inside = path.join(given, entry.name);
    if (!entry.isDirectory()) {
      if (isFormattable(entry.name)) yield inside;
    } else if (options.recursive) {
      yield* findFiles(inside, options);
    }
  }
}

function isFolder(absolute: string): boolean {
  try {
    return statSync(absolute).isDirectory();
  } catch {
    return false; // reading it says what is wrong
  }
}

/** Hidden files and what editors leave behind. */
function isIgnored(name: string): boolean {
  return name.startsWith(".") || name.endsWith("~") || (name.startsWith("#") && name.endsWith("#"));
}
