import { closeSync, fchmodSync, fstatSync, openSync, writeSync } from "node:fs";

const MOST_WAITING = 64 * 1024;

/** A file of lines for its owner only. Lines that come together are written together. */
export interface LineFile {
  write(text: string): void;
  /** Writes what waits, and closes. Safe to call twice. */
  close(): void;
}

/** Makes or empties the file, or goes on at its end. Throws when that is not possible. */
export function openLineFile(path: string, { goesOn = false }: { readonly goesOn?: boolean } = {}): LineFile {
  const fd = openSync(path, goesOn ? "a" : "w", 0o600);
  fchmodIfFile(fd);
  let waiting = "";
  let timer: NodeJS.Immediate | undefined;
  let isOpen = true;
  const flush = (): void => {
    clearImmediate(timer);
    timer = undefined;
    const bytes = Buffer.from(waiting);
    waiting = "";
    for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
  };
  return {
    write: (text) => {
      if (!isOpen) return;
      waiting += text;
      if (waiting.length >= MOST_WAITING) flush();
      else timer ??= setImmediate(flush);
    },
    close: () => {
      if (!isOpen) return;
      isOpen = false;
      flush();
      closeSync(fd);
    },
  };
}

/** The file may have been there, with other rights. A device, such as /dev/null, keeps its own. */
function fchmodIfFile(fd: number): void {
  if (fstatSync(fd).isFile()) fchmodSync(fd, 0o600);
}
