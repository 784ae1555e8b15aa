import { group } from "../../schema/block.js";
import { list, map } from "../../schema/collections.js";
import type { Problem } from "../../schema/decode-scope.js";
import type { GroupField } from "../../schema/field.js";
import { string } from "../../schema/scalars.js";
import { pathProblems } from "./floppy-options.js";

/** The CD options, decoded. */
export interface CdConfig {
  readonly files: readonly string[];
  readonly content: Readonly<Record<string, string>>;
  readonly label: string;
}

/** The options `cd_files`, `cd_content` and `cd_label`. */
export function cdOptions(): GroupField<CdConfig> {
  const fields = {
    cd_files: list(string(), {
      describe:
        "Files and folders for a CD: paths and patterns. Of a folder with a slash at its end only the content is taken.",
      default: [],
    }),
    cd_content: map(string(), {
      describe: "Files for a CD: the path, and the content. They win over other files of the same path.",
      default: {},
    }),
    cd_label: string({ describe: "The CD's label, such as `cidata`.", default: "packer" }),
  };
  return group(fields, {
    check: ({ cd_files }): readonly Problem[] => [
      ...pathProblems(cd_files, { option: "cd_files", words: "Bad CD disk file" }),
    ],
    transform: ({ cd_files, cd_content, cd_label }): CdConfig => ({
      files: cd_files,
      content: cd_content,
      label: cd_label === "" ? "packer" : cd_label,
    }),
  });
}
