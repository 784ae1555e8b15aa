import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ResourceHandle } from "../../resources.js";
import { TEMPORARY_KIND } from "../destroy-parts.js";
import type { RecordingContext } from "../part-context.js";

/** A file or folder that is removed at the end. */
export interface TemporaryPath {
  /** Absolute. */
  readonly path: string;
}

/** Records a temporary path, then has `make` fill it. Dispose it to remove it. */
export function createTemporaryPath(
  { resources }: Pick<RecordingContext, "resources">,
  { prefix, suffix = "" }: { readonly prefix: string; readonly suffix?: string },
  make: (path: string) => Promise<void>,
): Promise<TemporaryPath & ResourceHandle> {
  const id = join(tmpdir(), `${prefix}${randomBytes(6).toString("hex")}${suffix}`);
  const makeIt = async (path: string): Promise<TemporaryPath> => {
    await make(path);
    return { path };
  };
  return resources.create(TEMPORARY_KIND, makeIt, { id });
}
