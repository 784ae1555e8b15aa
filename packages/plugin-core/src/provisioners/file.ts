import { stat } from "node:fs/promises";
import { statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import {
  messageOf,
  provisioner,
  schema as s,
  type InferFields,
  type Problem,
  type ProvisionerContext,
} from "@ingot/sdk";
import { renderUntilStable } from "../render.js";
import { writeScriptFile } from "../shell/inline-script.js";
import { addPrefix, failedCall, makeFolder, systemError } from "../system-error.js";

const fields = {
  source: s.string({ describe: "The file or folder to copy.", optional: true }),
  sources: s.list(s.string(), { describe: "Files and folders to copy, in order.", default: [] }),
  content: s.string({ describe: "Text to upload instead of a file.", optional: true }),
  destination: s.string({ describe: "Where to copy to. With a slash at the end: into this folder.", optional: true }),
  direction: s.string({ describe: "`upload` to the machine or `download` from it.", default: "upload" }),
  generated: s.boolean({ describe: "The sources are made during the build: do not check them now.", default: false }),
};

type FileConfig = InferFields<typeof fields>;

function checkFile(file: FileConfig): readonly Problem[] {
  const sources = sourcesOf(file);
  const problems: Problem[] = [];
  if (file.direction !== "upload" && file.direction !== "download") {
    problems.push({ summary: "Direction must be one of: download, upload.", path: ["direction"] });
  }
  if (file.direction === "upload" && !file.generated) problems.push(...sources.flatMap(checkSource));
  if (sources.length > 0 && isSet(file.content))
    problems.push({ summary: "source(s) conflicts with content.", path: ["content"] });
  if (!isSet(file.destination)) problems.push({ summary: "Destination must be specified.", path: ["destination"] });
  return problems;
}

function checkSource(source: string): readonly Problem[] {
  try {
    statSync(source);
    return [];
  } catch (error) {
    return [`Bad source '${source}': ${systemError("stat", source, error)}`];
  }
}

function sourcesOf({ source, sources }: Pick<FileConfig, "source" | "sources">): readonly string[] {
  return isSet(source) ? [...sources, source] : sources;
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}

type Context = ProvisionerContext<FileConfig>;

/** Copies files and folders to the machine or from it. */
export const fileProvisioner = provisioner({
  name: "file",
  summary: "Copies files and folders to the machine or from it.",
  config: s.object(fields, { check: checkFile }),
  async provision(context) {
    const { config: file } = context;
    const destination = rendered("destination", file.destination ?? "", context);
    const sources = sourcesOf(file).map((source) => rendered("source", source, context));
    if (file.direction === "download") return download(context, sources, destination);
    if (!isSet(file.content)) return upload(context, sources, destination);
    await using content = await writeScriptFile(file.content, { prefix: "pkr-file-content", mode: 0o600 });
    return await upload(context, [content.path], destination); // the file goes when this returns
  },
});

function rendered(
  option: string,
  text: string,
  { generatedData, build }: Pick<ProvisionerContext<unknown>, "generatedData" | "build">,
): string {
  try {
    return renderUntilStable(text, generatedData, build);
  } catch (error) {
    return addPrefix(`Error interpolating ${option}: `)(error);
  }
}

async function upload(context: Context, sources: readonly string[], destination: string): Promise<void> {
  const { machine, ui, signal } = context;
  for (const source of sources) {
    ui.say(`Uploading ${source} => ${destination}`);
    const info = await stat(source).catch(failedCall("", "stat", source));
    try {
      if (info.isDirectory()) {
        await machine.uploadDir(source, destination);
        continue;
      }
      const target = destination.endsWith("/") ? destination + basename(source) : destination;
      const progress = context.progress(basename(source), { total: info.size, unit: "bytes" });
      await machine
        .upload(source, target, { onProgress: (bytes) => progress.update(bytes) })
        .finally(() => progress.finish());
    } catch (error) {
      signal.throwIfAborted();
      const message = messageOf(error);
      if (message.includes("Error restoring file")) {
        const hint = "this can occur when your file destination is a folder without a trailing slash.";
        ui.error(`Upload failed: ${message}; ${hint}`);
      }
      ui.error(`Upload failed: ${message}`);
      throw error;
    }
  }
}

async function download(context: Context, sources: readonly string[], destination: string): Promise<void> {
  const { machine, ui, signal } = context;
  for (const source of sources) {
    const intoFolder = destination.endsWith("/");
    await makeFolder(intoFolder ? destination : dirname(destination));
    const target = intoFolder && !/[/*]$/.test(source) ? join(destination, basename(source)) : destination;
    ui.say(`Downloading ${source} => ${target}`);
    if (source.endsWith("/") || /[*?[]/.test(source)) {
      await machine.downloadDir(source, target);
      continue;
    }
    const progress = context.progress(basename(source), { unit: "bytes" });
    try {
      await machine.download(source, target, { onProgress: (bytes) => progress.update(bytes) });
    } catch (error) {
      signal.throwIfAborted();
      ui.error(`Download failed: ${messageOf(error)}`);
      throw error;
    } finally {
      progress.finish();
    }
  }
}
