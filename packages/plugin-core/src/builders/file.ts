import { open, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { CleanupStack, noOpMachine, builder, schema as s } from "@ingot/sdk";
import { failedCall, makeFolder } from "../system-error.js";

/** The builder whose artifact is one file: a copy of another one, or text from the template. */
export const fileBuilder = builder({
  name: "file",
  summary: "Makes a file from another file or from text. For tests, and to feed files to post-processors.",
  config: s.object(
    {
      target: s.string({ describe: "The file to write. Folders on the way are made.", optional: true }),
      source: s.string({ describe: "The file to copy.", optional: true }),
      content: s.string({ describe: "The text to write.", optional: true }),
    },
    {
      check: ({ target, source, content }) => [
        ...(isSet(target) ? [] : [{ summary: "target required", path: ["target"] }]),
        ...(isSet(source) && isSet(content)
          ? [{ summary: "Cannot specify source file AND content", path: ["content"] }]
          : []),
        ...(isSet(source) || isSet(content)
          ? []
          : [
              {
                severity: "warning" as const,
                summary: "Both source file and contents are blank; target will have no content",
              },
            ]),
      ],
    },
  ),
  async run({ config, ui, provision, signal }) {
    const target = config.target ?? "";
    await makeFolder(dirname(target));
    if (isSet(config.source)) {
      const source = await open(config.source).catch(failedCall("", "open", config.source));
      await using cleanup = new CleanupStack();
      cleanup.defer(() => source.close());
      const copy = await open(target, "w").catch(failedCall("", "open", target));
      cleanup.defer(() => copy.close());
      ui.say(`Copying ${config.source} to ${target}`);
      const content = source.createReadStream({ highWaterMark: 1 << 20 });
      await pipeline(content, copy.createWriteStream(), { signal }).catch((error: unknown) => {
        signal.throwIfAborted();
        failedCall("", "copy", config.source ?? "")(error);
      });
      ui.say(`Copied ${content.bytesRead} bytes`);
    } else {
      await writeFile(target, config.content ?? "", { mode: 0o600 }).catch(failedCall("", "open", target));
    }
    await provision(noOpMachine());
    return { id: "File", builderId: "packer.file", files: [target], summary: `Stored file: ${target}` };
  },
  async destroyArtifact({ files }) {
    for (const file of files) await rm(file, { force: true });
  },
});

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}
