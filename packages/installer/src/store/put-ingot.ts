import { chmod, copyFile, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { makeFolders } from "@ingot/files";
import { formatFault } from "../archive/executable-format.js";
import { extractFile } from "../archive/extract-file.js";
import { openArchive } from "../archive/read-archive.js";
import { contentHash as hashOf, type ContentFile } from "../content-hash.js";
import { InstallError } from "../install-error.js";
import type { InstalledPlugin } from "../installed-plugin.js";
import { addressFolder } from "./address-folder.js";
import { hashFolder, rememberFolder } from "./hash-content.js";
import { contentFolder, readRecord, recordFileName, recordText, type IndexRecord } from "./index-record.js";
import { contentFault } from "./list-ingot.js";
import { chooseExecutable, executableNames, isCompanionName } from "./plugin-files.js";
import type { PutArchive, PutFile } from "./plugin-store.js";
import type { StoreContext } from "./store-context.js";
import { exists, syncFolder, temporaryName, writeWhole } from "./store-files.js";
import { makeWorkFolder } from "./work-folder.js";

/** Of several tries one succeeds, or someone works against us: each starts when another process removed what was just put. */
const MOST_TRIES = 5;

/** Puts an Ingot plugin from its archive into the store; see PluginStore. */
export async function putIngotArchive(request: PutArchive, context: StoreContext): Promise<InstalledPlugin> {
  const present = await findPresent(request, context);
  if (present !== undefined) {
    expectContent(request, present.contentHash);
    return present;
  }
  return await settle(request, context, async (folder) => {
    await using archive = await openArchive(request.archive);
    const executable = chooseExecutable(archive.files, nameAndPlatform(request));
    const contents: ContentFile[] = [];
    for (const file of archive.files) {
      const isExecutable = file === executable;
      if (!isExecutable && !isCompanionName(file.name, request.address.name)) continue;
      const mode = isExecutable ? 0o700 : 0o600;
      const target = join(folder, file.name);
      const { sha256, size, head } = await extractFile(archive, file, { target, mode, signal: context.signal });
      const fault = isExecutable
        ? size === 0
          ? "the executable inside is empty"
          : formatFault(head, request.platform)
        : undefined;
      if (fault !== undefined) throw new InstallError(`The archive is refused: ${fault}.`);
      contents.push({ name: file.name, sha256, isExecutable });
    }
    return { executable: executable.name, contentHash: hashOf(contents) };
  });
}

/** Copies an Ingot plugin that is one file into the store; see PluginStore. */
export async function putIngotFile(request: PutFile, context: StoreContext): Promise<InstalledPlugin> {
  return await settle(request, context, async (folder) => {
    const stem = `ingot-plugin-${request.address.name}`;
    const extension = [".mjs", ".js", ".exe"].find((known) => known === extname(request.file)) ?? "";
    const executable = `${stem}${extension}`;
    if (!executableNames(request.address.name, request.platform).includes(executable)) {
      throw new InstallError(`${basename(request.file)} can't be a plugin for ${request.platform.os}.`);
    }
    const target = join(folder, executable);
    await copyFile(request.file, target);
    await chmod(target, 0o700);
    const handle = await open(target, "r");
    await handle.sync().finally(() => handle.close());
    return { executable, contentHash: await hashFolder(folder, context) };
  });
}

function nameAndPlatform({ address, platform }: PutArchive) {
  return { name: address.name, platform };
}

/** What was installed from this archive before, if it is in order. */
async function findPresent(request: PutArchive, context: StoreContext): Promise<InstalledPlugin | undefined> {
  const file = recordFile(request, context);
  const plugin = readRecord(context.root, file);
  if ("fault" in plugin || plugin.archiveHash !== request.archiveHash) return undefined;
  if (plugin.repository !== request.repository || plugin.signer !== request.signer) return undefined;
  return (await contentFault(plugin, context)) === undefined ? plugin : undefined;
}

type Fill = (folder: string) => Promise<{ readonly executable: string; readonly contentHash: string }>;

/**
 * Fills a temporary folder, renames it to its place and writes the index record. Whoever removes contents renames them away first
 * and looks for records then; whoever writes a record looks for the contents then. So one of two notices the other.
 */
async function settle(request: PutArchive | PutFile, context: StoreContext, fill: Fill): Promise<InstalledPlugin> {
  for (let tries = 1; tries <= MOST_TRIES; tries++) {
    await using work = await makeWorkFolder(context.root);
    const folder = join(work.path, "content");
    await mkdir(folder, { mode: 0o700 });
    const { executable, contentHash } = await fill(folder);
    context.signal.throwIfAborted();
    expectContent(request, contentHash);
    await request.check?.(join(folder, executable), { signal: context.signal });
    await syncFolder(folder);
    const target = contentFolder(context.root, contentHash);
    await moveContent(folder, target, { ...context, contentHash });
    const file = recordFile(request, context);
    await makeFolders(join(file, ".."), 0o700);
    const record = recordOf(request, executable, contentHash);
    await writeWhole(file, recordText(record), 0o600);
    await syncFolder(join(file, ".."));
    if (await exists(target)) return { ...record, executable: join(target, executable) };
  }
  throw new InstallError(`${request.address.text} ${request.version} vanished each time it was installed.`);
}

function recordFile(request: PutArchive | PutFile, { root }: StoreContext): string {
  const asset = { ...request, name: request.address.name };
  return join(addressFolder(root, request.address), recordFileName(asset));
}

function recordOf(request: PutArchive | PutFile, executable: string, contentHash: string): IndexRecord {
  const { address, family, version, api, platform } = request;
  const origin = "archive" in request ? originOf(request) : {};
  return {
    address: address.text,
    name: address.name,
    family,
    version,
    api,
    platform,
    executable,
    contentHash,
    ...origin,
  };
}

/** Where a plugin came from, as its record keeps it. */
export function originOf({ archiveHash, repository, signer }: PutArchive) {
  return {
    archiveHash,
    ...(repository === undefined ? {} : { repository }),
    ...(signer === undefined ? {} : { signer }),
  };
}

/** Throws InstallError when the lock file wants another content. */
export function expectContent({ address, version, expectedContentHash }: PutArchive | PutFile, found: string): void {
  if (expectedContentHash === undefined || expectedContentHash === found) return;
  throw new InstallError(`The content of ${address.text} ${version} is not the one in the lock file.
  locked: ${expectedContentHash}
  found:  ${found}`);
}

/** Renames the content to its place. What is there already stays if it is in order, else it is replaced. */
async function moveContent(
  folder: string,
  target: string,
  context: StoreContext & { readonly contentHash: string },
): Promise<void> {
  for (let tries = 1; tries <= MOST_TRIES; tries++) {
    if (await exists(target)) {
      const found = await hashFolder(target, context).catch(() => undefined);
      context.signal.throwIfAborted();
      if (found === context.contentHash) return;
      const damaged = temporaryName(context.root);
      await rename(target, damaged).catch(() => undefined); // another process may have done it
      await rm(damaged, { recursive: true, force: true });
    }
    try {
      await rename(folder, target);
      await syncFolder(join(target, ".."));
      rememberFolder(target, context.contentHash, context.cache);
      return;
    } catch (error) {
      if (!(await exists(target))) throw error;
    }
  }
  throw new InstallError(`${target} is changed again and again while it is written.`);
}
