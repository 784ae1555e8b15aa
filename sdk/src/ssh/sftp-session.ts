import { messageOf } from "@ingot/diag";
import type { SftpSession, SftpStats, SshClient } from "./ssh2.js";

/** SFTP's own status numbers. */
export const NO_SUCH_FILE = 2;
const PERMISSION_DENIED = 3;
const FAILURE = 4;

/** Thrown when the machine offers no SFTP. */
export class NoSftpError extends Error {
  override readonly name = "NoSftpError";
}

/** A failed operation on a file, with the path and SFTP's status. */
export class SftpError extends Error {
  override readonly name = "SftpError";
  readonly status: number | undefined;

  constructor(what: string, path: string, cause: unknown) {
    const { code } = cause as { readonly code?: number };
    const reasons: Readonly<Record<number, string>> = {
      [NO_SUCH_FILE]: "no such file or folder",
      [PERMISSION_DENIED]: "permission denied",
      [FAILURE]: "the machine refused it without a reason",
    };
    super(`Cannot ${what} "${path}" on the machine: ${reasons[code ?? 0] ?? messageOf(cause)}`, { cause });
    this.status = code;
  }
}

/** An SFTP session with promises and errors that name the file. */
export class Sftp {
  readonly raw: SftpSession;

  constructor(session: SftpSession) {
    this.raw = session;
  }

  open(path: string, flags: "r" | "w", mode?: number): Promise<Buffer> {
    const attributes = mode === undefined ? {} : { mode };
    const what = flags === "r" ? "read" : "write";
    return this.#call(what, path, (done) => this.raw.open(path, flags, attributes, done));
  }

  close(handle: Buffer, path: string): Promise<void> {
    return this.#call("close", path, (done) => this.raw.close(handle, done as () => void));
  }

  chmodOpen(handle: Buffer, mode: number, path: string): Promise<void> {
    return this.#call("change the mode of", path, (done) => this.raw.fsetstat(handle, { mode }, done as () => void));
  }

  chmod(path: string, mode: number): Promise<void> {
    return this.#call("change the mode of", path, (done) => this.raw.chmod(path, mode, done as () => void));
  }

  mkdir(path: string, mode?: number): Promise<void> {
    const attributes = mode === undefined ? {} : { mode };
    return this.#call("make the folder", path, (done) => this.raw.mkdir(path, attributes, done as () => void));
  }

  readdir(path: string): Promise<readonly { readonly filename: string; readonly attrs: SftpStats }[]> {
    return this.#call("list", path, (done) => this.raw.readdir(path, done));
  }

  stat(path: string): Promise<SftpStats> {
    return this.#call("read", path, (done) => this.raw.stat(path, done));
  }

  fstat(handle: Buffer, path: string): Promise<SftpStats> {
    return this.#call("read", path, (done) => this.raw.fstat(handle, done));
  }

  realpath(path: string): Promise<string> {
    return this.#call("find", path, (done) => this.raw.realpath(path, done));
  }

  symlink(target: string, path: string): Promise<void> {
    return this.#call("make the link", path, (done) => this.raw.symlink(target, path, done as () => void));
  }

  unlink(path: string): Promise<void> {
    return this.#call("remove", path, (done) => this.raw.unlink(path, done as () => void));
  }

  /** Gives undefined when there is nothing at a path. */
  async statIfThere(path: string): Promise<SftpStats | undefined> {
    try {
      return await this.stat(path);
    } catch (error) {
      if (error instanceof SftpError && error.status === NO_SUCH_FILE) return undefined;
      throw error;
    }
  }

  #call<T>(
    what: string,
    path: string,
    start: (done: (error: Error | null | undefined, value: T) => void) => void,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      start((error, value) => {
        if (error) reject(new SftpError(what, path, error));
        else resolve(value);
      });
    });
  }
}

/** Starts SFTP on a connection. Rejects with NoSftpError when the server refuses. */
export function openSftp(client: SshClient): Promise<Sftp> {
  return new Promise((resolve, reject) => {
    client.sftp((error, session) => {
      if (error === undefined) {
        session.on("error", () => {}); // each operation reports its own
        resolve(new Sftp(session));
      } else {
        reject(new NoSftpError(`sftpSession error: ${messageOf(error)}`, { cause: error }));
      }
    });
  });
}
