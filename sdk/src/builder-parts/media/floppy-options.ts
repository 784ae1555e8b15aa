import { statSync } from "node:fs";
import { group } from "../../schema/block.js";
import { list, map } from "../../schema/collections.js";
import type { Problem } from "../../schema/decode-scope.js";
import type { GroupField } from "../../schema/field.js";
import { string } from "../../schema/scalars.js";
import { systemError } from "../system-error.js";
import { isPattern, patternProblem } from "../../glob-paths.js";

/** The floppy options, decoded. */
export interface FloppyConfig {
  readonly files: readonly string[];
  readonly folders: readonly string[];
  readonly content: Readonly<Record<string, string>>;
  readonly label: string;
}

/** The options `floppy_files`, `floppy_dirs`, `floppy_content` and `floppy_label`. */
export function floppyOptions(): GroupField<FloppyConfig> {
  const fields = {
    floppy_files: list(string(), {
      describe:
        "Files for the root of a floppy disk: paths, patterns, and folders, whose files are all put into the root.",
      default: [],
    }),
    floppy_dirs: list(string(), { describe: "Folders for a floppy disk, with what is in them.", default: [] }),
    floppy_content: map(string(), {
      describe:
        "Files for the root of a floppy disk: the name, and the content. They win over other files of the same name.",
      default: {},
    }),
    floppy_label: string({ describe: "The disk's label, at most 8 characters.", default: "packer" }),
  };
  return group(fields, {
    check: ({ floppy_files, floppy_dirs }): readonly Problem[] => [
      ...pathProblems(floppy_files, { option: "floppy_files", words: "Bad Floppy disk file" }),
      ...pathProblems(floppy_dirs, { option: "floppy_dirs", words: "Bad Floppy disk directory" }),
    ],
    transform: ({ floppy_files, floppy_dirs, floppy_content, floppy_label }): FloppyConfig => ({
      files: floppy_files,
      folders: floppy_dirs,
      content: floppy_content,
      label: floppy_label === "" ? "packer" : floppy_label,
    }),
  });
}

/** Looks for paths that do not exist, and for malformed patterns. */
export function* pathProblems(
  paths: readonly string[],
  { option, words }: { readonly option: string; readonly words: string },
): Generator<Problem> {
  for (const [index, path] of paths.entries()) {
    const problem = isPattern(path) ? patternProblem(path) : missingProblem(path);
    if (problem !== undefined) yield { summary: `${words} '${path}': ${problem}`, path: [option, index] };
  }
}

function missingProblem(path: string): string | undefined {
  try {
    statSync(path);
    return undefined;
  } catch (error) {
    return systemError("stat", path, error);
  }
}
