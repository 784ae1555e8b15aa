import { InstallError } from "./install-error.js";
import type { FoundRelease } from "./find-release.js";
import type { InstallContext } from "./install-context.js";
import type { ArchiveEntry } from "./plugin-source.js";

/** More than this no plugin has. */
const MOST_ARCHIVE_BYTES = 4 * 2 ** 30;

/** Downloads an archive of a release to a new file, and compares it with the checksum file. Throws InstallError when it is another one. */
export async function fetchChecked(
  { release, offer }: FoundRelease,
  archive: ArchiveEntry,
  { file, context }: { readonly file: string; readonly context: InstallContext },
): Promise<void> {
  const { signal, report } = context;
  const address = offer.address.text;
  const fetched = await release.fetchArchive(archive, file, {
    signal,
    notice: (text) => report.notice(address, text),
    progress: (done, total) => report.progress(address, done, total),
    maxBytes: MOST_ARCHIVE_BYTES,
  });
  if (fetched.sha256 === archive.sha256) return;
  throw new InstallError(`The archive ${archive.fileName} of ${address} is not the one that its checksum file names: it was damaged on the way, or replaced.
  checksum file: sha256:${archive.sha256}
  downloaded:    sha256:${fetched.sha256}`);
}
