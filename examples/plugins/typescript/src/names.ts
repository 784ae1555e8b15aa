import { readFile } from "node:fs/promises";
import { DiagnosticError, dataSource, messageOf, schema as s } from "@ingot/sdk";

/** Reads names from a file, one a line. */
export const names = dataSource({
  name: "greet-names",
  summary: "Reads names from a file, one a line.",
  config: s.object({ file: s.string({ describe: "The file, relative to the working directory." }) }),
  output: s.object({ names: s.list(s.string(), { describe: "The names, in the file's order." }) }),
  async execute({ config }) {
    const text = await readFile(config.file, "utf8").catch((error: unknown) => {
      throw new DiagnosticError({
        summary: "The names cannot be read",
        detail: `${messageOf(error)}. Give the path of a file with one name a line.`,
        path: ["file"],
      });
    });
    return { names: text.split(/\r?\n/).filter((line) => line.trim() !== "") };
  },
});
