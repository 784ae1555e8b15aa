import { spawn } from "node:child_process";
import { createReadStream, createWriteStream } from "node:fs";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";

interface Unpacker {
  readonly suffixes: readonly string[];
  /** Writes the content to its standard output; the archive's path is its last argument. Undefined: we do it ourselves. */
  readonly command?: readonly string[];
  /** Lists what is inside, one a line. Undefined: there is only one thing. */
  readonly listing?: readonly string[];
}

const TAR = ["tar", "tar.gz", "tgz", "tar.bz2", "tbz2", "tar.xz", "txz", "tar.zst", "tzst"];

const UNPACKERS: readonly Unpacker[] = [
  { suffixes: TAR, command: ["tar", "-xOf"], listing: ["tar", "-tf"] },
  { suffixes: ["gz"] },
  { suffixes: ["bz2"], command: ["bzip2", "-dc"] },
  { suffixes: ["xz"], command: ["xz", "-dc"] },
  { suffixes: ["zst"], command: ["zstd", "-dcq"] },
  { suffixes: ["zip"], command: ["unzip", "-p"], listing: ["unzip", "-Z1"] },
];

/** True for the path of an archive, which is unpacked after the download. */
export function isArchive(path: string): boolean {
  return unpackerFor(path) !== undefined;
}

/**
 * Unpacks an archive that has one file. What it is tells `name`. Compressions other than gzip are left to the usual programs; rejects
 * with an Error when that fails or is not there.
 */
export async function unpack(
  { archive, name, target }: { readonly archive: string; readonly name: string; readonly target: string },
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  const { command, listing } = unpackerFor(name) ?? { suffixes: [] };
  const output = createWriteStream(target);
  if (command === undefined) return pipeline(createReadStream(archive), createGunzip(), output, { signal });
  if (listing !== undefined) {
    const list = startProgram([...listing, archive], signal);
    const [names] = await Promise.all([text(list.stdout), list.ended]);
    const files = names.split("\n").filter((line) => line !== "" && !line.endsWith("/"));
    if (files.length !== 1) throw new Error(`expected a single file: the archive has ${files.length}`);
  }
  const program = startProgram([...command, archive], signal);
  await Promise.all([pipeline(program.stdout, output, { signal }), program.ended]);
}

function unpackerFor(path: string): Unpacker | undefined {
  const lower = path.toLowerCase();
  return UNPACKERS.find(({ suffixes }) => suffixes.some((suffix) => lower.endsWith(`.${suffix}`)));
}

function startProgram([program = "", ...args]: readonly string[], signal: AbortSignal) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], signal });
  let problem = "";
  child.stderr.on("data", (chunk: Buffer) => (problem = (problem + chunk.toString()).slice(-2_000)));
  const ended = new Promise<void>((resolve, reject) => {
    child.once("error", (error) => reject(signal.aborted ? error : new Error(`${program}: ${error.message}`)));
    child.once("close", (status) => {
      if (status === 0) resolve();
      else reject(new Error(`${program} failed: ${problem.trim() === "" ? `status ${status}` : problem.trim()}`));
    });
  });
  return { stdout: child.stdout, ended };
}
