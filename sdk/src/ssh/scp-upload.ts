import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { pipeline } from "node:stream/promises";
import { checkEntryPath } from "../dir-path.js";
import type { DirEntry, FileInfo } from "../machine.js";
import { guardPath } from "../orphan-guard.js";
import { ScpError, type ScpStream } from "./scp-stream.js";
import { quoteRemotePath } from "./shell-quote.js";

const FILE_MODE = 0o644;
const DIR_MODE = 0o755;

/** Gives the command that receives a file at a path, whose folder exists. A slash at the path's end means nothing: the last name is the file's. */
export function scpUploadCommand(path: string): string {
  return `scp -d -t ${quoteRemotePath(posix.dirname(path.replace(/\/+$/, "")))}`;
}

/** Sends one file to a remote `scp -t`. Content of unknown size goes to a temporary file first. */
export async function uploadByScp(
  stream: ScpStream,
  file: FileInfo,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  await stream.expectOk();
  await sendFile(stream, { ...file, path: posix.basename(file.path.replace(/\/+$/, "")) }, content);
  await stream.finish();
}

/**
 * Sends entries to a remote `scp -rt FOLDER`, which exists. Links go to `onLink`, as the protocol knows none.
 */
export async function uploadDirByScp(
  stream: ScpStream,
  entries: AsyncIterable<DirEntry>,
  onLink: (path: string, target: string) => Promise<void>,
): Promise<void> {
  const modes = new Map<string, number>();
  let here: readonly string[] = [];
  /** Leaves folders and enters others, until `folder` is the current one. */
  const goTo = async (folder: readonly string[]): Promise<void> => {
    let shared = 0;
    while (shared < here.length && here[shared] === folder[shared]) shared++;
    for (let i = here.length; i > shared; i--) await command(stream, "E\n");
    for (let i = shared; i < folder.length; i++) {
      const mode = modes.get(folder.slice(0, i + 1).join("/")) ?? DIR_MODE;
      await command(stream, `D${octal(mode)} 0 ${checkName(folder[i] ?? "")}\n`);
    }
    here = folder;
  };
  await stream.expectOk();
  for await (const { content = noContent(), ...entry } of entries) {
    const path = checkEntryPath(entry.path);
    const steps = path.split("/");
    if (entry.kind === "directory") {
      if (entry.mode !== undefined) modes.set(path, entry.mode);
      await goTo(steps);
    } else if (entry.kind === "symlink") {
      await onLink(path, entry.linkTarget ?? "");
    } else {
      await goTo(steps.slice(0, -1));
      await sendFile(stream, { ...entry, path: steps.at(-1) ?? "" }, content);
    }
  }
  await goTo([]);
  await stream.finish();
}

async function sendFile(stream: ScpStream, file: FileInfo, content: AsyncIterable<Uint8Array>): Promise<void> {
  if (file.size === undefined) return sendUnknownSize(stream, file, content);
  await command(stream, `C${octal(file.mode ?? FILE_MODE)} ${file.size} ${checkName(file.path)}\n`);
  let sent = 0;
  for await (const chunk of content) {
    sent += chunk.length;
    if (sent > file.size) throw new Error(`"${file.path}" grew while it was being sent.`);
    if (await stream.write(chunk)) continue;
    await stream.expectOk();
    throw new ScpError(`scp on the machine ended before "${file.path}" was there.`);
  }
  if (sent < file.size) throw new Error(`"${file.path}" shrank while it was being sent.`);
  await stream.acknowledge();
  await stream.expectOk();
}

async function sendUnknownSize(stream: ScpStream, file: FileInfo, content: AsyncIterable<Uint8Array>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "ingot-upload-"));
  const release = guardPath(folder);
  try {
    const path = join(folder, "content");
    await pipeline(content, createWriteStream(path, { mode: 0o600 }));
    const { size } = await stat(path);
    await sendFile(stream, { ...file, size }, createReadStream(path) as AsyncIterable<Buffer>); // no encoding was set
  } finally {
    await rm(folder, { recursive: true, force: true });
    release();
  }
}

async function command(stream: ScpStream, line: string): Promise<void> {
  await stream.write(line);
  await stream.expectOk();
}

function checkName(name: string): string {
  if (name === "" || /[\n/]/.test(name))
    throw new ScpError(`scp cannot send a file of the name ${JSON.stringify(name)}.`);
  return name;
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, "0");
}

async function* noContent(): AsyncGenerator<never, void, undefined> {
  // A file without content is an empty one.
}
