import { messageOf } from "@ingot/diag";
import { isEndOfFile, SftpChannel, type SftpAnswer } from "./sftp-channel.js";
import { SftpError } from "./sftp-error.js";
import { SmallFile, type SmallFileOptions } from "./sftp-small-file.js";
import { NO_SUCH_FILE, SFTP, type SftpField, type SftpStats } from "./sftp-wire.js";
import type { SshConnection } from "./connection.js";
import { requestSubsystem } from "./sessions.js";

/** Thrown when the machine offers no SFTP. */
export class NoSftpError extends Error {
  override readonly name = "NoSftpError";
}

const EMPTY = Buffer.alloc(0);
const OPEN_FLAGS = { r: 0x01, w: 0x02 | 0x08 | 0x10 } as const;
/** What every server takes in one request, and what OpenSSH's may take. */
const PIECE_BYTES = 32 * 1024;
const LARGE_PIECE_BYTES = 128 * 1024;

/** An SFTP session with promises and errors that name the file. */
export class Sftp {
  readonly #channel: SftpChannel;
  readonly #isOpenSsh: boolean;
  #openFiles = 0;
  /** How many bytes to read or write by one request. */
  readonly pieceBytes: number;

  constructor(channel: SftpChannel, { isOpenSsh }: { readonly isOpenSsh: boolean }) {
    this.#channel = channel;
    this.#isOpenSsh = isOpenSsh;
    this.pieceBytes = isOpenSsh ? LARGE_PIECE_BYTES : PIECE_BYTES;
  }

  /** Resolves when the session has ended. */
  get closed(): Promise<void> {
    return this.#channel.closed;
  }

  /** True while the machine takes no more. */
  get isFull(): boolean {
    return this.#channel.isFull;
  }

  /** True when nobody uses the session. */
  get isIdle(): boolean {
    return this.#openFiles === 0 && this.#channel.isIdle;
  }

  end(): void {
    this.#channel.close();
  }

  async open(path: string, flags: "r" | "w", mode?: number): Promise<Buffer> {
    const what = flags === "r" ? "read" : "write";
    const { fields } = await this.#call(what, path, SFTP.open, path, OPEN_FLAGS[flags], { mode });
    this.#openFiles++;
    return fields.bytes();
  }

  async close(handle: Buffer, path: string): Promise<void> {
    this.#openFiles--;
    await this.#call("close", path, SFTP.close, handle);
  }

  /** Writes a piece of a file. */
  async write(handle: Buffer, bytes: Buffer, position: number, path: string): Promise<void> {
    try {
      await this.#channel.requestWithData(SFTP.write, bytes, handle, BigInt(position));
    } catch (error) {
      throw new SftpError("write", path, error);
    }
  }

  /** Writes a file of few bytes. Its window is told of the end. */
  writeSmall(file: SmallFileOptions): void {
    new SmallFile(this.#channel, file).start();
  }

  /** Reads a piece of a file: what the machine gives of it, nothing at the end. */
  async read(handle: Buffer, position: number, path: string): Promise<Buffer> {
    try {
      const { fields } = await this.#channel.request(SFTP.read, handle, BigInt(position), this.pieceBytes);
      return fields.bytes();
    } catch (error) {
      if (isEndOfFile(error)) return EMPTY;
      throw new SftpError("read", path, error);
    }
  }

  async chmodOpen(handle: Buffer, mode: number, path: string): Promise<void> {
    await this.#call("change the mode of", path, SFTP.fsetstat, handle, { mode });
  }

  async chmod(path: string, mode: number): Promise<void> {
    await this.#call("change the mode of", path, SFTP.setstat, path, { mode });
  }

  async mkdir(path: string, mode?: number): Promise<void> {
    await this.#call("make the folder", path, SFTP.mkdir, path, { mode });
  }

  async readdir(path: string): Promise<readonly { readonly filename: string; readonly attrs: SftpStats }[]> {
    const handle = (await this.#call("list", path, SFTP.opendir, path)).fields.bytes();
    const found: { readonly filename: string; readonly attrs: SftpStats }[] = [];
    try {
      for (;;) {
        const { fields } = await this.#channel.request(SFTP.readdir, handle);
        for (let count = fields.uint32(); count > 0; count--) {
          const filename = fields.text();
          fields.bytes(); // a line as of `ls -l`
          found.push({ filename, attrs: fields.stats() });
        }
      }
    } catch (error) {
      if (!isEndOfFile(error)) throw new SftpError("list", path, error);
    } finally {
      this.#call("close", path, SFTP.close, handle).catch(() => {}); // it was only read
    }
    return found;
  }

  async stat(path: string): Promise<SftpStats> {
    return (await this.#call("read", path, SFTP.stat, path)).fields.stats();
  }

  async fstat(handle: Buffer, path: string): Promise<SftpStats> {
    return (await this.#call("read", path, SFTP.fstat, handle)).fields.stats();
  }

  async realpath(path: string): Promise<string> {
    const { fields } = await this.#call("find", path, SFTP.realpath, path);
    fields.uint32(); // one name
    return fields.text();
  }

  async symlink(target: string, path: string): Promise<void> {
    // OpenSSH has them the other way round than the draft.
    const both = this.#isOpenSsh ? [target, path] : [path, target];
    await this.#call("make the link", path, SFTP.symlink, ...both);
  }

  async unlink(path: string): Promise<void> {
    await this.#call("remove", path, SFTP.remove, path);
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

  async #call(what: string, path: string, type: number, ...fields: readonly SftpField[]): Promise<SftpAnswer> {
    try {
      return await this.#channel.request(type, ...fields);
    } catch (error) {
      throw new SftpError(what, path, error);
    }
  }
}

/** Servers that behave as OpenSSH's. */
const OPENSSH = /^(OpenSSH|dropbear)/;

/** Starts SFTP on a connection. Rejects with NoSftpError when the server refuses. */
export async function openSftp({ client, sessions }: Pick<SshConnection, "client" | "sessions">): Promise<Sftp> {
  const session = await sessions.take().catch((error: unknown) => Promise.reject(noSftp(error)));
  const channel = new SftpChannel(session);
  try {
    await requestSubsystem(session, "sftp"); // OpenSSH's server takes no data before it has answered
    await channel.start(); // a server whose SFTP cannot be started grants it and ends here
  } catch (error) {
    channel.close();
    throw noSftp(error);
  }
  const { _remoteVer } = client as unknown as { readonly _remoteVer?: string }; // not public, hence the exact version of ssh2
  return new Sftp(channel, { isOpenSsh: OPENSSH.test(_remoteVer ?? "") });
}

function noSftp(error: unknown): NoSftpError {
  return new NoSftpError(`sftpSession error: ${messageOf(error)}`, { cause: error });
}
