import { constants } from "node:fs";
import { open, readdir, readlink, rm, symlink, unlink, mkdir, chmod, type FileHandle } from "node:fs/promises";
import type { DirEntry, DownloadedFile, FileInfo } from "@ingot/sdk";
import { writeFully } from "../image/image-layout.js";
import { OciError } from "../oci-error.js";
import { resolveInRoot } from "../sandbox/resolve-in-root.js";
import { RootFolder } from "./root-folder.js";

const { O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_TRUNC, O_WRONLY } = constants;

/** Writes one file; its folder must exist. Rejects with OciError "no-folder" or "not-a-file". */
export async function putFile(root: string, file: FileInfo, content: AsyncIterable<Uint8Array>): Promise<void> {
  const [folderPath, name] = splitPath(await resolveInRoot(root, file.path));
  await using folder = await RootFolder.open(root, folderPath);
  const existing = name === "" ? undefined : await folder.look(name);
  if (name === "" || existing?.isDirectory())
    throw new OciError("not-a-file", `"${file.path}" is a folder in the image; name a file in it.`);
  await writeContent(folder.at(name), file, content);
}

/** Writes entries into a folder, which is made when it does not exist. */
export async function putTree(root: string, destination: string, entries: AsyncIterable<DirEntry>): Promise<void> {
  let current: { readonly path: string; readonly folder: RootFolder } | undefined;
  try {
    const top = await RootFolder.open(root, destination, { create: true });
    current = { path: "", folder: top };
    for await (const entry of entries) {
      const [folderPath, name] = splitPath(cleanEntryPath(entry.path));
      if (name === "") continue;
      if (current === undefined || current.path !== folderPath) {
        await current?.folder[Symbol.asyncDispose]();
        current = undefined;
        const folder = await RootFolder.open(root, `${destination}/${folderPath}`, { create: true });
        current = { path: folderPath, folder };
      }
      await putEntry(root, current.folder, { name, entry, path: `${destination}/${folderPath}/${name}` });
    }
  } finally {
    await current?.folder[Symbol.asyncDispose]();
  }
}

/** Opens one file for reading. Rejects with OciError "no-file". */
export async function getFile(root: string, path: string): Promise<DownloadedFile> {
  const [folderPath, name] = splitPath(await resolveInRoot(root, path));
  await using folder = await RootFolder.open(root, folderPath);
  const info = name === "" ? undefined : await folder.look(name);
  if (info === undefined) throw new OciError("no-file", `There is no file "${path}" in the image.`);
  if (!info.isFile()) throw new OciError("no-file", `"${path}" is not a file in the image.`);
  const handle = await open(folder.at(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  const file = { kind: "file" as const, path, mode: info.mode & 0o7777, size: info.size, modifiedMs: info.mtimeMs };
  return { file, content: readContent(handle) };
}

/** Reads a folder: entries sorted by name, folders before what is in them; devices and the like are left out. */
export async function* getTree(root: string, source: string, exclude: readonly string[]): AsyncGenerator<DirEntry> {
  const left = new Set(exclude.map((path) => cleanEntryPath(path)));
  const queue = [""];
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    await using folder = await RootFolder.open(root, `${source}/${path}`);
    const inner: string[] = [];
    for (const name of (await readdir(folder.path)).sort()) {
      const entryPath = path === "" ? name : `${path}/${name}`;
      const info = left.has(entryPath) ? undefined : await folder.look(name);
      if (info === undefined) continue;
      const common = { path: entryPath, mode: info.mode & 0o7777, modifiedMs: info.mtimeMs };
      if (info.isDirectory()) {
        yield { ...common, kind: "directory" };
        inner.push(entryPath);
      } else if (info.isSymbolicLink()) {
        yield { ...common, kind: "symlink", linkTarget: await readlink(folder.at(name)) };
      } else if (info.isFile()) {
        const handle = await open(folder.at(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
        yield { ...common, kind: "file", size: info.size, content: readContent(handle) };
        await handle.close().catch(() => undefined); // the reader may have closed it
      }
    }
    queue.unshift(...inner);
  }
}

async function putEntry(
  root: string,
  folder: RootFolder,
  { name, entry, path }: { readonly name: string; readonly entry: DirEntry; readonly path: string },
): Promise<void> {
  const existing = await folder.look(name);
  const kind = entry.kind ?? "file";
  if (kind === "directory") {
    if (existing === undefined) await mkdir(folder.at(name), 0o755);
    if (existing?.isSymbolicLink()) {
      await (await RootFolder.open(root, path))[Symbol.asyncDispose](); // a link to a folder will do
      return;
    }
    if (existing !== undefined && !existing.isDirectory())
      throw new OciError("no-folder", `"${path}" is not a folder in the image.`);
    if (entry.mode !== undefined) await chmod(folder.at(name), entry.mode);
    return;
  }
  if (existing?.isDirectory()) throw new OciError("not-a-file", `"${path}" is a folder in the image.`);
  if (kind === "symlink") {
    if (existing !== undefined) await unlink(folder.at(name));
    await symlink(entry.linkTarget ?? "", folder.at(name));
    return;
  }
  if (existing !== undefined && !existing.isFile()) await rm(folder.at(name));
  await writeContent(folder.at(name), entry, entry.content);
}

async function writeContent(
  path: string,
  file: FileInfo,
  content: AsyncIterable<Uint8Array> | undefined,
): Promise<void> {
  const handle = await open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK, 0o644);
  try {
    for await (const part of content ?? [])
      await writeFully(handle, Buffer.from(part.buffer, part.byteOffset, part.length));
    if (file.mode !== undefined) await handle.chmod(file.mode & 0o7777);
    if (file.modifiedMs !== undefined) await handle.utimes(file.modifiedMs / 1000, file.modifiedMs / 1000);
  } finally {
    await handle.close();
  }
}

async function* readContent(handle: FileHandle): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      const buffer = Buffer.allocUnsafe(256 * 1024);
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

function cleanEntryPath(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw new OciError("bad-path", `The path "${path}" leads out of its folder.`);
  return parts.join("/");
}

function splitPath(path: string): [folder: string, name: string] {
  const cut = path.lastIndexOf("/");
  return cut === -1 ? ["", path] : [path.slice(0, cut), path.slice(cut + 1)];
}
