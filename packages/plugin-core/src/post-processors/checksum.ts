import { createHash } from "node:crypto";
import { open, rm, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { CleanupStack, postProcessor, schema as s } from "@ingot/sdk";
import { renderUntilStable } from "../render.js";
import { failedCall, makeFolder } from "../system-error.js";

const TYPES = ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"] as const;

const OUTPUT = "packer_{{.BuildName}}_{{.BuilderType}}_{{.ChecksumType}}.checksum";

/** Writes checksums of the artifact's files. */
export const checksumPostProcessor = postProcessor({
  name: "checksum",
  summary: "Writes checksums of the artifact's files.",
  config: s.object({
    checksum_types: s.list(
      s.string({ oneOf: TYPES, oneOfError: (type: string) => `Unrecognized checksum type: ${type}` }),
      { describe: "The kinds of checksum.", default: ["md5"] },
    ),
    output: s.string({
      interpolate: false,
      describe: "The file; `{{.BuildName}}`, `{{.BuilderType}}` and `{{.ChecksumType}}` stand for parts of its name.",
      default: OUTPUT,
    }),
  }),
  async postProcess({ config, build, artifact, signal }) {
    const files = [...artifact.files];
    for (const type of config.checksum_types) {
      const data = {
        ...artifact.generatedData,
        BuildName: build.name,
        BuilderType: build.builderType,
        ChecksumType: type,
      };
      const output = renderUntilStable(config.output || OUTPUT, data, build);
      for (const file of artifact.files) {
        const isNew = (await stat(output).catch(() => undefined)) === undefined;
        if (isNew) files.push(output);
        await makeFolder(dirname(output), "unable to create dir: ");
        const sums = await open(output, "a", 0o644).catch(
          failedCall(`unable to create file ${output}: `, "open", output),
        );
        await using cleanup = new CleanupStack();
        cleanup.defer(() => sums.close());
        await sums.appendFile(`${await hashFile(file, type, signal)}\t${basename(file)}\n`);
      }
    }
    return {
      artifact: {
        builderId: "packer.post-processor.checksum",
        files,
        summary: `Created artifact from files: ${files.join(", ")}`,
        generatedData: artifact.generatedData,
      },
      keepInput: true,
      forceKeepInput: true,
    };
  },
  async destroyArtifact({ files }) {
    for (const file of files) await rm(file, { force: true, recursive: true });
  },
});

async function hashFile(path: string, type: string, signal: AbortSignal): Promise<string> {
  const file = await open(path).catch(failedCall(`unable to open file ${path}: `, "open", path));
  const hash = createHash(type);
  try {
    await pipeline(file.createReadStream({ highWaterMark: 1 << 20 }), hash, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(`unable to compute ${type} hash for ${path}`, { cause: error });
  }
  return hash.digest("hex");
}
