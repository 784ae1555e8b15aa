import { randomInt } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { guardPath } from "@ingot/sdk";

/** A script in a file of its own. Disposing it removes the file. */
export interface ScriptFile extends AsyncDisposable {
  readonly path: string;
}

/** A path in the temporary folder: a prefix and random digits. */
export function scriptPath(prefix: string, extension = ""): string {
  return join(tmpdir(), `${prefix}${randomInt(1e9)}${extension}`);
}

/** Writes text to a new file in the temporary folder. It goes with this process, even one that is killed. */
export async function writeScriptFile(
  text: string,
  { prefix, extension = "", mode }: { readonly prefix: string; readonly extension?: string; readonly mode: number },
): Promise<ScriptFile> {
  for (;;) {
    const path = scriptPath(prefix, extension);
    const release = guardPath(path);
    const remove = async (): Promise<void> => {
      await rm(path, { force: true });
      release();
    };
    try {
      await writeFile(path, text, { mode, flag: "wx" });
      return { path, [Symbol.asyncDispose]: remove };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") {
        release(); // somebody else's
        continue;
      }
      await remove();
      throw error;
    }
  }
}
