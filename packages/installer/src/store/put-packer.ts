import { createHash } from "node:crypto";
import { copyFile, chmod, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { makeFolders } from "@ingot/files";
import { formatFault } from "../archive/executable-format.js";
import { extractFile } from "../archive/extract-file.js";
import { openArchive } from "../archive/read-archive.js";
import { packerBinaryName, runsOn } from "../asset-names.js";
import { binaryHash, hashHex } from "../content-hash.js";
import { InstallError } from "../install-error.js";
import type { InstalledPlugin } from "../installed-plugin.js";
import { currentPlatform } from "../platform.js";
import { printable } from "../printable.js";
import { addressFolder } from "./address-folder.js";
import { describeBinary } from "./describe-binary.js";
import { hashBinary, rememberBinary } from "./hash-content.js";
import { checkDescription } from "./list-packer.js";
import { writePackerOrigin } from "./packer-origin.js";
import type { PutArchive, PutFile } from "./plugin-store.js";
import { expectContent, originOf } from "./put-ingot.js";
import type { StoreContext } from "./store-context.js";
import { syncFolder, writeWhole } from "./store-files.js";
import { makeWorkFolder } from "./work-folder.js";

/** Installs a Packer plugin from its archive in the reference's layout; see PluginStore. */
export async function putPackerArchive(request: PutArchive, context: StoreContext): Promise<InstalledPlugin> {
  await using work = await makeWorkFolder(context.root);
  const name = packerBinaryName({ ...request, name: request.address.name });
  const file = join(work.path, name);
  await using archive = await openArchive(request.archive);
  const entry = archive.files.find((candidate) => candidate.name === name);
  if (entry === undefined) {
    const inside = archive.files.slice(0, 5).map((candidate) => JSON.stringify(printable(candidate.name)));
    throw new InstallError(`The archive lacks the executable ${name}. It has ${inside.join(", ") || "nothing"}.`);
  }
  const { sha256, head, size } = await extractFile(archive, entry, {
    target: file,
    mode: 0o755,
    signal: context.signal,
  });
  const fault = size === 0 ? "the executable inside is empty" : formatFault(head, request.platform);
  if (fault !== undefined) throw new InstallError(`The archive is refused: ${fault}.`);
  return await putBinary(request, { file, contentHash: binaryHash(sha256) }, context);
}

/** Copies a Packer plugin that is a file here; see PluginStore. */
export async function putPackerFile(request: PutFile, context: StoreContext): Promise<InstalledPlugin> {
  await using work = await makeWorkFolder(context.root);
  const file = join(work.path, packerBinaryName({ ...request, name: request.address.name }));
  await copyFile(request.file, file);
  await chmod(file, 0o755);
  const content = createHash("sha256").update(await readFile(file));
  const handle = await open(file, "r");
  await handle.sync().finally(() => handle.close());
  return await putBinary(request, { file, contentHash: binaryHash(content.digest("hex")) }, context);
}

interface Binary {
  /** In a work folder, under the name that it will have. */
  readonly file: string;
  readonly contentHash: string;
}

async function putBinary(
  request: PutArchive | PutFile,
  { file, contentHash }: Binary,
  context: StoreContext,
): Promise<InstalledPlugin> {
  expectContent(request, contentHash);
  if (runsOn(request.platform, currentPlatform())) await checkBinary(request, file, context);
  await request.check?.(file, { signal: context.signal });
  context.signal.throwIfAborted();
  const asset = { ...request, name: request.address.name };
  const folder = addressFolder(context.root, request.address);
  const target = join(folder, packerBinaryName(asset));
  await makeFolders(folder, 0o755);
  if (!(await isPresent(target, contentHash, context))) {
    await rename(file, target); // one file system: both are in the plugin folder
    await writeWhole(`${target}_SHA256SUM`, hashHex(contentHash), 0o644);
    await syncFolder(folder);
    rememberBinary(target, contentHash, context.cache);
  }
  const origin = "archive" in request ? originOf(request) : {};
  await writePackerOrigin(context.root, target, { contentHash, ...origin });
  const { version, api, platform, address, family } = request;
  return {
    address: address.text,
    name: address.name,
    version,
    family,
    api,
    platform,
    executable: target,
    contentHash,
    ...origin,
  };
}

/** The reference runs a plugin once before it installs it. */
async function checkBinary({ address, version, api }: PutArchive | PutFile, file: string, context: StoreContext) {
  try {
    const asset = { family: "packer", name: address.name, version, api, platform: currentPlatform() } as const;
    checkDescription(await describeBinary(file, { ...context, timeoutMs: context.describeTimeoutMs }), asset);
  } catch (error) {
    if (!(error instanceof InstallError)) throw error;
    throw new InstallError(`The plugin in the release ${address.text} ${version} is refused: ${error.message}.`, {
      cause: error,
    });
  }
}

async function isPresent(target: string, contentHash: string, context: StoreContext): Promise<boolean> {
  try {
    const text = await readFile(`${target}_SHA256SUM`, "utf8");
    return text === hashHex(contentHash) && (await hashBinary(target, context)) === contentHash;
  } catch {
    context.signal.throwIfAborted();
    return false;
  }
}
