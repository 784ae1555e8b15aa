import { rm } from "node:fs/promises";
import { globPaths, postProcessor, schema as s } from "@ingot/sdk";

/** Replaces the artifact's list of files. */
export const artificePostProcessor = postProcessor({
  name: "artifice",
  summary: "Makes an artifact of the files that you name, whatever the builder made.",
  config: s.object({
    files: s.list(s.string(), { describe: "Paths, or patterns with `*`, `?` and `[...]`.", default: [] }),
  }),
  prepare: ({ config }) =>
    config.files.length > 0 ? undefined : { summary: "No files specified in artifice configuration", path: ["files"] },
  async postProcess({ config, ui, artifact }) {
    if (artifact.files.length > 0) ui.say(`Discarding files from artifact: ${artifact.files.join(", ")}`);
    const files = (await Promise.all(config.files.map((pattern) => globPaths(pattern, ".")))).flat();
    ui.say(`Using these artifact files: ${files.join(", ")}`);
    return {
      artifact: {
        builderId: "packer.post-processor.artifice",
        files,
        summary: `Created artifact from files: ${files.join(", ")}`,
        generatedData: artifact.generatedData,
      },
      keepInput: true,
    };
  },
  async destroyArtifact({ files }) {
    for (const file of files) await rm(file, { force: true, recursive: true });
  },
});
