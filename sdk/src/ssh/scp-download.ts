import { isExcluded } from "../dir-path.js";
import type { DirEntry, DownloadedFile } from "../machine.js";
import { ScpError, type ScpStream } from "./scp-stream.js";

/** Receives one file from a remote `scp -f`. */
export async function downloadByScp(stream: ScpStream, path: string): Promise<DownloadedFile> {
  try {
    await stream.acknowledge();
    const record = await stream.record();
    if (record === undefined) {
      await stream.finish();
      throw new ScpError(`"${path}" does not exist on the machine`);
    }
    if (record.kind === "D") throw new Error("remote file is directory");
    const { mode, size } = parseRecord(record.kind, record.text);
    return { file: { path, mode, size }, content: fileContent(stream, size) };
  } catch (error) {
    stream.close();
    throw error;
  }
}

async function* fileContent(stream: ScpStream, size: number): AsyncGenerator<Buffer, void, undefined> {
  try {
    await stream.acknowledge();
    yield* stream.body(size);
    await stream.expectOk();
    await stream.acknowledge();
    await stream.finish();
  } finally {
    stream.close();
  }
}

/**
 * Receives what a remote `scp -rf` sends, folders before what is in them. With `isContentOnly` the topmost folder itself is left
 * out.
 */
export async function* downloadDirByScp(
  stream: ScpStream,
  { isContentOnly, exclude }: { readonly isContentOnly: boolean; readonly exclude: readonly string[] },
): AsyncGenerator<DirEntry, void, undefined> {
  const folders: string[] = [];
  const pathOf = (name: string): string => [...folders, name].slice(isContentOnly ? 1 : 0).join("/");
  try {
    await stream.acknowledge();
    for (let record = await stream.record(); record !== undefined; record = await stream.record()) {
      if (record.kind === "E") {
        folders.pop();
        await stream.acknowledge();
        continue;
      }
      if (record.kind === "T") {
        await stream.acknowledge();
        continue;
      }
      const { mode, size, name } = parseRecord(record.kind, record.text);
      const path = pathOf(name);
      const isWanted = path !== "" && !isExcluded(path, exclude);
      await stream.acknowledge();
      if (record.kind === "D") {
        if (isWanted) yield { path, kind: "directory", mode };
        folders.push(name);
        continue;
      }
      const content = stream.body(size);
      if (isWanted) yield { path, kind: "file", mode, size, content };
      for await (const chunk of content) void chunk; // what the reader left
      await stream.expectOk();
      await stream.acknowledge();
    }
    await stream.finish();
  } finally {
    stream.close();
  }
}

function parseRecord(
  kind: string,
  text: string,
): { readonly mode: number; readonly size: number; readonly name: string } {
  const [, mode = "", size = "", name = ""] = /^([0-7]{3,5}) (\d+) (.*)$/s.exec(text) ?? [];
  if ((kind !== "C" && kind !== "D") || mode === "") throw new ScpError(`unexpected answer of scp: ${kind}${text}`);
  if (name === "" || name === "." || name === ".." || name.includes("/")) {
    throw new ScpError(`scp on the machine sent a file of the name ${JSON.stringify(name)}.`);
  }
  return { mode: parseInt(mode, 8) & 0o7777, size: Number(size), name };
}
