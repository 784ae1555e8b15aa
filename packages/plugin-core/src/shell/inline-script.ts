import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomInt } from "node:crypto";

/** A script in a file of its own. Disposing it removes the file. */
export interface ScriptFile extends AsyncDisposable {
  readonly path: string;
}

/** Writes text to a new file in the temporary folder, named with a prefix and random digits. */
export async function writeScriptFile(
  text: string,
  { prefix, extension = "", mode }: { readonly prefix: string; readonly extension?: string; readonly mode: number },
): Promise<ScriptFile> {
  for (;;) {
    const path = join(tmpdir(), `${prefix}${randomInt(1e9)}${extension}`);
    try {
      await writeFile(path, text, { mode, flag: "wx" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") continue;
      throw error;
    }
    return { path, [Symbol.asyncDispose]: () => rm(path, { force: true }) };
  }
}
