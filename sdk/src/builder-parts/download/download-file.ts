import { createHash } from "node:crypto";
import { rename, rm, stat } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { makeFolders } from "@ingot/files";
import { CleanupStack, messageOf } from "@ingot/diag";
import { lockFile } from "../file-lock.js";
import { pathOf, type PartContext } from "../part-context.js";
import { systemError } from "../system-error.js";
import { ChecksumError, checksumText, fileHasChecksum, parseChecksum, type Checksum } from "./checksum.js";
import { downloadHttp, isUpToDate, type Patience } from "./http-download.js";
import type { IsoConfig } from "./iso-options.js";
import { resolveChecksum } from "./resolve-checksum.js";
import { parseSource, type DownloadSource } from "./source-url.js";
import { isArchive, unpack } from "./unpack.js";

/** What to get. */
export interface FileDownload extends Patience {
  /** What it is, in a word for the user: `ISO`. */
  readonly description: string;
  /** URLs or paths, tried in order. */
  readonly urls: readonly string[];
  /** A checksum, `none`, or `file:LOCATION` of a list. */
  readonly checksum: string;
  /** Where to put it: a file, or a directory when it has no suffix. Undefined: into the cache. */
  readonly targetPath?: string | undefined;
  /** The suffix of the file in the cache. Default: none. */
  readonly targetExtension?: string | undefined;
}

/** A file that is there. */
export interface DownloadedFile {
  /** Absolute. Local sources stay where they are. */
  readonly path: string;
  /** The URL that it came from, as the template has it. */
  readonly url: string;
}

/** Gets the ISO that the options name. See downloadFile. */
export function downloadIso(config: IsoConfig, context: PartContext): Promise<DownloadedFile> {
  return downloadFile({ description: "ISO", ...config }, context);
}

/**
 * Gets a file: from the cache when it is there already, otherwise from the first URL that works, with the lines for the user. Any
 * number of processes may get the same file at the same time: one does the work and the others wait. Rejects with an Error that
 * lists all failures, or with the signal's reason; what was got so far is kept for the next time.
 */
export async function downloadFile(download: FileDownload, context: PartContext): Promise<DownloadedFile> {
  const { description, urls } = download;
  const { ui, signal } = context;
  signal.throwIfAborted();
  const checksum = await resolveChecksum(download.checksum, urls[0] ?? "", context, download);
  ui.say(`Retrieving ${description}`);
  const failures: string[] = [];
  for (const url of urls) {
    signal.throwIfAborted();
    ui.say(`Trying ${url}`);
    try {
      return { path: await tryUrl(url, checksum, download, context), url };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ChecksumError)) ui.say(`Download failed ${messageOf(error)}`);
      failures.push(messageOf(error));
    }
  }
  throw new Error(`error downloading ${description}: [${failures.join(" ")}]`);
}

async function tryUrl(
  url: string,
  optionChecksum: Checksum | undefined,
  download: FileDownload,
  context: PartContext,
): Promise<string> {
  const { ui, signal } = context;
  const source = parseSource(url, optionChecksum && checksumText(optionChecksum));
  const checksum = source.checksum === undefined ? optionChecksum : parseChecksum(source.checksum);
  if (source.kind === "http" && source.url.password !== "") {
    context.secrets([decodeURIComponent(source.url.password), source.url.password]);
  }
  const unpacks = source.unpacks && isArchive(source.path);
  if (source.kind === "local" && !unpacks) {
    ui.say(`Trying ${source.shown}`);
    const path = await checkLocal(source.path, checksum, context);
    ui.say(`${source.shown} => ${path}`);
    return path;
  }
  const target = targetOf(url, checksum, download, context);
  await using cleanup = new CleanupStack();
  const onWait = (): void => context.log.info("another process gets this file, waiting", { target });
  cleanup.use(await lockFile(`${target}.lock`, { signal, onWait }));
  ui.say(`Trying ${source.shown}`);
  try {
    if (unpacks) await getArchive(source, { ...download, target, checksum }, context);
    else if (source.kind === "http") await getFile(source.url, { ...download, target, checksum }, context);
  } catch (error) {
    if (error instanceof ChecksumError && source.kind === "http") ui.say(`Checksum did not match, removing ${target}`);
    throw error;
  }
  ui.say(`${source.shown} => ${target}`);
  return target;
}

type Wanted = Omit<FileDownload, "checksum"> & { readonly target: string; readonly checksum: Checksum | undefined };

async function getFile(url: URL, { target, checksum, ...download }: Wanted, context: PartContext): Promise<void> {
  const isThere = (await stat(target).catch(() => undefined))?.isFile() === true;
  if (isThere && checksum !== undefined && (await fileHasChecksum(target, checksum, context))) return;
  if (isThere && checksum === undefined && (await isUpToDate(url, target, context))) return;
  await downloadHttp({ ...download, url, target, checksum, label: `Downloading ${download.description}` }, context);
}

/** Gets an archive, whose checksum is that of the archive itself, and unpacks it. */
async function getArchive(source: DownloadSource, wanted: Wanted, context: PartContext): Promise<void> {
  const { target, checksum } = wanted;
  const packed = `${target}.packed`;
  const archive = source.kind === "local" ? await checkLocal(source.path, checksum, context) : packed;
  if (source.kind === "http") await getFile(source.url, { ...wanted, target: packed }, context);
  const part = `${target}.unpacked`;
  try {
    await makeFolders(dirname(target));
    await unpack({ archive, name: source.path, target: part }, context);
    await rename(part, target);
  } finally {
    await Promise.all([part, packed].map((path) => rm(path, { force: true })));
  }
}

async function checkLocal(path: string, checksum: Checksum | undefined, context: PartContext): Promise<string> {
  const source = pathOf(path, context);
  try {
    await stat(source);
  } catch (error) {
    throw new Error(systemError("stat", path, error), { cause: error });
  }
  if (checksum !== undefined && !(await fileHasChecksum(source, checksum, context))) {
    context.ui.say(`Checksum did not match: ${source}`);
    throw new ChecksumError(source, checksum);
  }
  return source;
}

/** Where a file is kept: its name comes from the checksum, so that equal files are kept once; without one, from the URL. */
function targetOf(
  url: string,
  checksum: Checksum | undefined,
  { targetPath, targetExtension = "" }: FileDownload,
  context: PartContext,
): string {
  const key = checksum === undefined ? url : checksumText(checksum);
  const name = createHash("sha1").update(key).digest("hex") + (targetExtension === "" ? "" : `.${targetExtension}`);
  if (targetPath === undefined) return join(context.build.cacheDirectory, name);
  const path = pathOf(targetPath, context);
  return extname(path) === "" ? join(path, name) : path;
}
