import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { openIdSpace, type IdMode } from "./sandbox/id-space.js";
import { runTool } from "./sandbox/run-tool.js";

/** The start of the name of every folder that a build works in. */
const prefix = "ingot-oci-";

/** Chooses a name for a build's scratch folder, before it exists. */
export function chooseScratchFolder(): string {
  return join(tmpdir(), `${prefix}${randomBytes(8).toString("hex")}`);
}

/** Makes a scratch folder that nobody else may enter. */
export async function makeScratchFolder(path: string): Promise<void> {
  await mkdir(path, { mode: 0o700 });
}

/**
 * Removes a scratch folder with everything in it, also what belongs to users of the image. Works from a later process too.
 * Already gone is no error.
 */
export async function removeScratchFolder(path: string, mode: string): Promise<void> {
  if (!basename(path).startsWith(prefix)) throw new Error(`bug: ${path} is not a scratch folder`);
  const deadline = AbortSignal.timeout(60_000);
  const known: readonly IdMode[] = ["host", "range", "single"];
  const wanted = known.find((item) => item === mode);
  await using ids = await openIdSpace({ signal: deadline, ...(wanted === undefined ? {} : { mode: wanted }) });
  await runTool([...ids.prefix, "rm", "-rf", "--one-file-system", "--", path], { signal: deadline });
}
