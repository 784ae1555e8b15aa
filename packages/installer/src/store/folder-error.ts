import { messageOf } from "@ingot/diag";
import { InstallError } from "../install-error.js";
import { systemCodeOf } from "../system-code.js";

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "there is no space left on the disk",
  EDQUOT: "the disk quota is used up",
  EROFS: "it can only be read",
  EACCES: "permission was denied",
  EPERM: "permission was denied",
  ENOTDIR: "part of its path is a file, not a folder",
  EEXIST: "a file of that name is in the way",
  ENAMETOOLONG: "a name would be too long",
  EFBIG: "a file would be larger than the system allows",
  EMFILE: "too many files are open",
};

/** Why the system refused something, in words. */
export function reasonOf(error: unknown): string {
  return REASONS[systemCodeOf(error) ?? ""] ?? messageOf(error);
}

/** Runs what writes to the plugin folder: errors of the system become an InstallError that says what to do, and then `outcome`. */
export async function inPluginFolder<T>(
  { root, outcome }: { readonly root: string; readonly outcome?: string },
  action: () => Promise<T>,
): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const code = systemCodeOf(error);
    if (error instanceof InstallError || code === undefined || !/^E[A-Z0-9]+$/.test(code)) throw error;
    const reason = reasonOf(error);
    const advice =
      code === "ENOSPC" || code === "EDQUOT" || code === "EMFILE"
        ? ""
        : " Make it writable, or choose another folder with INGOT_PLUGIN_PATH.";
    const end = outcome === undefined ? "" : ` ${outcome}`;
    throw new InstallError(`The plugin folder ${root} can't be written to: ${reason}.${advice}${end}`, {
      cause: error,
    });
  }
}
