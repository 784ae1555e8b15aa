import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { postProcessor, schema as s, type BuildInfo } from "@ingot/sdk";
import { renderUntilStable } from "../render.js";
import { appendToManifest } from "./manifest-file.js";

const OUTPUT = "packer-manifest.json";

/** Writes what each build made into one JSON file. */
export const manifestPostProcessor = postProcessor({
  name: "manifest",
  summary: "Adds what the build made to a JSON file.",
  config: s.object({
    output: s.string({ describe: "The file.", default: OUTPUT }),
    strip_path: s.boolean({ describe: "Write the base names of files only.", default: false }),
    strip_time: s.boolean({ describe: "Leave out the time.", default: false }),
    custom_data: s.map(s.string(), { describe: "Data of your own for the build's entry.", optional: true }),
  }),
  async postProcess({ config, build, artifact, signal }) {
    const files = await Promise.all(
      artifact.files.map(async (path) => ({
        name: config.strip_path ? basename(path) : path,
        size: await stat(path).then(
          ({ size }) => size,
          () => 0,
        ),
      })),
    );
    const time = build.sourceDateEpoch ?? Math.floor(Date.now() / 1000);
    await appendToManifest({
      path: config.output || OUTPUT,
      build: {
        name: build.name,
        builder_type: build.builderType,
        ...(config.strip_time ? {} : { build_time: time }),
        files: files.length === 0 ? null : files,
        artifact_id: artifact.id,
        packer_run_uuid: build.runId,
        custom_data: customData(config.custom_data, artifact.generatedData, build),
      },
      force: build.force,
      signal,
    });
    return { artifact, keepInput: true, forceKeepInput: true };
  },
});

function customData(
  data: Readonly<Record<string, string>> | undefined,
  generatedData: Readonly<Record<string, unknown>>,
  build: BuildInfo,
): Readonly<Record<string, string>> | null {
  if (data === undefined) return null;
  const entries = Object.entries(data).map(
    ([key, text]) => [key, renderUntilStable(text, generatedData, build)] as const,
  );
  return Object.fromEntries(entries.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
}
