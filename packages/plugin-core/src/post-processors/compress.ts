import { statSync } from "node:fs";
import { open, rm, type FileHandle } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname } from "node:path";
import { CleanupStack, postProcessor, schema as s, type BuildInfo, type PostProcessorContext } from "@ingot/sdk";
import type { Bytes } from "../compress/blocks.js";
import { isParallel, loadEncoder } from "../compress/encoder.js";
import { detectFormat, type Algorithm, type ArchiveFormat } from "../compress/format.js";
import { renderUntilStable } from "../render.js";
import { addPrefix, failedCall, makeFolder } from "../system-error.js";

const OUTPUT = "packer_{{.BuildName}}_{{.BuilderType}}";

const config = s.object({
  output: s.string({
    describe:
      "The archive. Its name says the format: `.tar`, `.zip`, `.tar.gz`, `.gz`, `.lz4`, `.bgzf`, `.xz`, `.bzip2`.",
    default: OUTPUT,
    interpolate: false,
  }),
  format: s.string({ describe: "The format, when the name does not say it, such as `tar.gz`.", default: "" }),
  compression_level: s.integer({
    describe: "From 1 (fast) to 9 (small). 0: the algorithm's own default. Without effect for `xz` and `zip`.",
    default: 0,
  }),
  archive: s.string({ describe: "Without effect; use `format`.", optional: true }),
  algorithm: s.string({ describe: "Without effect; use `format`.", optional: true }),
});

/** Writes the artifact's files into one archive. */
export const compressPostProcessor = postProcessor({
  name: "compress",
  summary: "Writes the artifact's files into one archive, or compresses its one file.",
  config,
  async postProcess(context) {
    const { config: compress, build, artifact, ui, signal } = context;
    const output = compress.output || OUTPUT;
    const format = detectFormat(output, compress.format);
    const data = { ...artifact.generatedData, BuildName: build.name, BuilderType: build.builderType };
    const target = rendered(output, data, build);
    await makeFolder(dirname(target), `Unable to create dir for archive ${target}: `);
    await using cleanup = new CleanupStack();
    // It would be empty before it is read, and removed with the other inputs in the end.
    if (artifact.files.some((input) => isSameFile(input, target)))
      throw new Error(`Unable to create archive ${target}: it is one of the files to compress`);
    const file = await open(target, "w").catch(failedCall(`Unable to create archive ${target}: `, "open", target));
    cleanup.defer(() => file.close());
    for await (const piece of await archive(context, { ...format, target })) {
      signal.throwIfAborted();
      await writeWhole(file, piece);
    }
    ui.say(`Archive ${target} completed`);
    return {
      artifact: {
        builderId: "packer.post-processor.compress",
        files: [target],
        summary: `compressed artifacts in: ${target}`,
        generatedData: artifact.generatedData,
      },
    };
  },
  async destroyArtifact({ files }) {
    for (const file of files) await rm(file, { force: true });
  },
});

function isSameFile(a: string, b: string): boolean {
  const [first, second] = [a, b].map((path) => statSync(path, { bigint: true, throwIfNoEntry: false }));
  if (first === undefined || second === undefined) return false;
  return first.ino === second.ino && first.dev === second.dev;
}

async function writeWhole(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) written += (await file.write(bytes, written)).bytesWritten;
}

function rendered(output: string, data: Readonly<Record<string, unknown>>, build: BuildInfo): string {
  try {
    return renderUntilStable(output, data, build);
  } catch (error) {
    return addPrefix("Error interpolating output value: ")(error);
  }
}

/** Gives the bytes of the archive, and tells what it is going to do. Nothing is read before the first is asked for. */
async function archive(
  { artifact: { files }, config: compress, ui }: PostProcessorContext<{ readonly compression_level: number }>,
  { archive: kind, algorithm, target }: ArchiveFormat & { readonly target: string },
): Promise<AsyncIterable<Uint8Array>> {
  if (algorithm !== "none") ui.say(announcement(algorithm, target));
  const encode =
    algorithm === "none" ? (bytes: Bytes) => bytes : await loadEncoder(algorithm, compress.compression_level);
  switch (kind) {
    case "tar": {
      ui.say(`Tarring ${target} with ${algorithm === "none" ? "no compression" : algorithm}`);
      const { tar } = await import("../compress/tar.js");
      return prefixed("Error creating tar: ", encode(tar(files)));
    }
    case "zip": {
      ui.say(`Zipping ${target}`);
      const { zip } = await import("../compress/zip.js");
      return prefixed("Error creating zip: ", encode(zip(files)));
    }
    case "": {
      const [path = ""] = files;
      if (files.length !== 1) {
        const found = `Found ${files.length} files: [${files.join(" ")}]`;
        throw new Error(`Can only have 1 input file when not using tar/zip. ${found}`);
      }
      ui.say(`Archiving ${path} with ${algorithm}`);
      const file = await open(path).catch(failedCall(`Failed to open source file ${path} for reading: `, "open", path));
      return readable(path, file.createReadStream({ highWaterMark: 1 << 18 }), encode);
    }
  }
}

function announcement(algorithm: Exclude<Algorithm, "none">, target: string): string {
  if (!isParallel(algorithm)) {
    return `Using ${algorithm} compression with 1 core for ${target} (library does not support MT)`;
  }
  return `Using ${algorithm} compression with ${availableParallelism()} cores for ${target}`;
}

async function* readable(
  path: string,
  content: AsyncIterable<Buffer>,
  encode: (bytes: Bytes) => Bytes,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* encode(content);
  } catch (error) {
    failedCall(`Failed to compress ${path}: `, "read", path)(error);
  }
}

async function* prefixed(prefix: string, bytes: Bytes): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* bytes;
  } catch (error) {
    addPrefix(prefix)(error);
  }
}
