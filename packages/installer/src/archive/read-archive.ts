import { messageOf } from "@ingot/diag";
import { openPromise, type Entry, type ZipFile } from "yauzl";
import { InstallError } from "../install-error.js";
import { printable } from "../printable.js";
import { systemCodeOf } from "../system-code.js";
import { collisionKey, entryNameFault } from "./entry-name.js";

/** A zip archive that was looked over: all its entries are safe to unpack. */
export interface OpenArchive extends AsyncDisposable {
  /** Regular files in the order of the archive. */
  readonly files: readonly ArchiveFile[];
  readonly zip: ZipFile;
  readonly path: string;
}

export interface ArchiveFile {
  /** With `/` between parts. */
  readonly name: string;
  /** As declared, in bytes. */
  readonly size: number;
  readonly entry: Entry;
}

/** What an archive may not exceed. */
export interface ArchiveLimits {
  readonly entries: number;
  /** Of all files together, unpacked. */
  readonly bytes: number;
  /** Unpacked to packed, for files over `ratioFromBytes`. */
  readonly ratio: number;
  readonly ratioFromBytes: number;
}

export const ARCHIVE_LIMITS: ArchiveLimits = {
  entries: 100,
  bytes: 2 * 2 ** 30,
  ratio: 200,
  ratioFromBytes: 8 * 2 ** 20,
};

const MODE = { type: 0o170000, regular: 0o100000, folder: 0o040000, link: 0o120000 };

/**
 * Opens a zip archive and looks over its whole directory before anything is unpacked. Refuses, as InstallError, what could do harm
 * on any system: paths that lead elsewhere, links and devices, encrypted or doubled entries, names that some file system takes for
 * one, too many or too large files.
 */
export async function openArchive(path: string, limits: ArchiveLimits = ARCHIVE_LIMITS): Promise<OpenArchive> {
  const zip = await open(path);
  try {
    const files = await readDirectory(zip, limits);
    return { files, zip, path, [Symbol.asyncDispose]: () => close(zip) };
  } catch (error) {
    await close(zip);
    if (error instanceof InstallError) throw error;
    throw new InstallError(`The archive is damaged: ${printable(messageOf(error))}.`, { cause: error });
  }
}

async function open(path: string): Promise<ZipFile> {
  try {
    return await openPromise(path, { autoClose: false, decodeStrings: false });
  } catch (error) {
    if (systemCodeOf(error) !== undefined) throw error;
    throw new InstallError(`This is not a complete zip archive: ${printable(messageOf(error))}.`, { cause: error });
  }
}

async function close(zip: ZipFile): Promise<void> {
  if (!zip.isOpen) return;
  await new Promise<void>((resolve) => {
    zip.once("close", resolve);
    zip.once("error", resolve);
    zip.close();
  });
}

async function readDirectory(zip: ZipFile, limits: ArchiveLimits): Promise<readonly ArchiveFile[]> {
  if (zip.entryCount > limits.entries) {
    throw new InstallError(`The archive has ${zip.entryCount} entries; more than ${limits.entries} are refused.`);
  }
  const files: ArchiveFile[] = [];
  const seen = new Map<string, Claim>();
  let total = 0;
  for await (const entry of zip.eachEntry()) {
    const name = nameOf(entry);
    const refuse = (fault: string): never => {
      throw new InstallError(`The archive is refused: its entry ${JSON.stringify(printable(name))} ${fault}.`);
    };
    const fault = entryNameFault(name) ?? kindFault(entry, name);
    if (fault !== undefined) refuse(fault);
    claimName(name, seen, refuse);
    if (name.endsWith("/")) continue;
    total += entry.uncompressedSize;
    if (total > limits.bytes) {
      throw new InstallError(`The archive is refused: its files have more than ${limits.bytes} bytes unpacked.`);
    }
    const isBomb = entry.uncompressedSize > Math.max(limits.ratioFromBytes, entry.compressedSize * limits.ratio);
    if (isBomb)
      refuse(`claims to be ${limits.ratio} times larger unpacked than packed, as in archives made to fill disks`);
    files.push({ name, size: entry.uncompressedSize, entry });
  }
  return files;
}

function nameOf(entry: Entry): string {
  // yauzl gives the bytes when it is told not to decode, which its types don't say.
  const bytes = entry.fileNameRaw;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new InstallError(`The archive is refused: an entry's name is not in UTF-8 (${bytes.toString("hex")}).`);
  }
}

function kindFault(entry: Entry, name: string): string | undefined {
  const type = (entry.externalFileAttributes >>> 16) & MODE.type;
  const isFolder = name.endsWith("/");
  if (type === MODE.link) return "is a symbolic link";
  if (type === MODE.folder && !isFolder) return "is a folder with the name of a file";
  if (type !== 0 && type !== (isFolder ? MODE.folder : MODE.regular)) return "is not a regular file";
  if (isFolder && entry.uncompressedSize > 0) return "is a folder with content";
  if (entry.isEncrypted()) return "is encrypted";
  if (!entry.canDecodeFileData()) return `is packed by a method (${entry.compressionMethod}) other than deflate`;
  return undefined;
}

interface Claim {
  readonly name: string;
  /** A folder that is only part of another entry's path. */
  readonly isImplied: boolean;
}

/** Notes a name and those of the folders above it, and refuses those that can't be beside an earlier one. */
function claimName(name: string, seen: Map<string, Claim>, refuse: (fault: string) => never): void {
  claim({ name, isImplied: false }, seen, refuse);
  for (let end = name.lastIndexOf("/", name.length - 2); end > 0; end = name.lastIndexOf("/", end - 1)) {
    claim({ name: name.slice(0, end + 1), isImplied: true }, seen, refuse);
  }
}

function claim(wanted: Claim, seen: Map<string, Claim>, refuse: (fault: string) => never): void {
  const key = collisionKey(wanted.name);
  const earlier = seen.get(key);
  if (earlier !== undefined && earlier.name !== wanted.name) {
    const [path, other] = [wanted.name, earlier.name].map((name) => JSON.stringify(printable(name)));
    refuse(`is a problem: ${path} and ${other} differ only in case or form, or one is a file and one a folder`);
  }
  if (earlier?.isImplied === false && !wanted.isImplied) refuse("occurs twice");
  if (earlier?.isImplied !== false) seen.set(key, wanted);
}
