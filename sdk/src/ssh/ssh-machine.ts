import { posix } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isError } from "@ingot/diag";
import { orAborted } from "@ingot/protocol";
import { abortable } from "../abortable.js";
import type {
  CommandExit,
  CommandIo,
  CommandStart,
  DirEntry,
  DirOptions,
  DownloadedFile,
  FileInfo,
  Machine,
  TerminalSize,
  TransferOptions,
  UploadFileOptions,
  UploadResult,
} from "../machine.js";
import type { SshConnection } from "./connection.js";
import { openExec, runChannel } from "./exec.js";
import { collectingIo, failureText } from "./run-quietly.js";
import { downloadByScp, downloadDirByScp } from "./scp-download.js";
import { ScpStream } from "./scp-stream.js";
import { scpUploadCommand, uploadByScp, uploadDirByScp } from "./scp-upload.js";
import { downloadDirBySftp, scpDestination } from "./sftp-dir.js";
import { SftpError } from "./sftp-error.js";
import { NoSftpError, openSftp, type Sftp } from "./sftp-session.js";
import { downloadBySftp, uploadBySftp } from "./sftp-transfer.js";
import { uploadDirBySftp } from "./sftp-upload-dir.js";
import { NO_SUCH_FILE } from "./sftp-wire.js";
import type { SshChannel } from "./ssh2.js";
import { commandLine, isPlainPath, quoteRemotePath, quoteWord } from "./shell-quote.js";

export interface SshMachineOptions {
  /** Connects anew; used once whenever the connection turns out to be lost. */
  readonly reconnect: () => Promise<SshConnection>;
  /** Undefined: SFTP where the machine offers it, in the way of scp. */
  readonly transfer: "scp" | "sftp" | undefined;
  /** Give every command a terminal. */
  readonly withTerminal: boolean;
}

/** How long a transfer has to end in good order after an abort: a machine that has frozen never answers. */
const GRACE_MS = 2_000;
/** Between attempts to open a session. */
const ROOM_DELAYS_MS = [10, 20, 50, 100, 200, 400, 800];
const TERMINAL = { columns: 80, rows: 40 };

/** A machine that is reached by SSH. Connects again, once for each operation, after the connection was lost. */
export class SshMachine implements Machine, AsyncDisposable {
  readonly type = "ssh";
  readonly #options: SshMachineOptions;
  #connection: SshConnection;
  #reconnecting: Promise<SshConnection> | undefined;
  #sftp: { readonly of: SshConnection; readonly session: Promise<Sftp> } | undefined;
  #isClosed = false;

  constructor(connection: SshConnection, options: SshMachineOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  async exec(start: CommandStart, io: CommandIo): Promise<CommandExit> {
    io.signal.throwIfAborted();
    const terminal = start.terminal ?? (this.#options.withTerminal ? TERMINAL : undefined);
    const line = `${commandLine(start)}\n`;
    const channel = await this.#openExec(line, io.signal, terminal);
    return runChannel(channel, io);
  }

  async upload(file: FileInfo, content: AsyncIterable<Uint8Array>, options: UploadFileOptions): Promise<UploadResult> {
    options.signal.throwIfAborted();
    return orAborted(this.#upload(file, abortable(content, options.signal), options), options.signal, GRACE_MS);
  }

  async #upload(
    file: FileInfo,
    content: AsyncIterable<Uint8Array>,
    { signal, exactMode }: UploadFileOptions,
  ): Promise<UploadResult> {
    const sftp = await this.#sftpFor(file.path);
    if (sftp !== undefined) {
      const path = this.#sftpPath(file.path);
      const isExact = this.#options.transfer === "sftp" || exactMode !== undefined;
      const mode = exactMode ?? file.mode;
      const known = mode === undefined ? {} : { mode };
      await uploadBySftp(sftp, { ...file, ...known, path }, content, { signal, isExact });
      return { isModeSet: isExact && mode !== undefined };
    }
    const stream = await this.#scp(scpUploadCommand(file.path), signal);
    await closing(stream, signal, () => uploadByScp(stream, file, content));
    return { isModeSet: false };
  }

  async removeFile(path: string, { signal }: TransferOptions): Promise<boolean> {
    signal.throwIfAborted();
    return orAborted(this.#removeFile(path), signal, GRACE_MS);
  }

  async #removeFile(path: string): Promise<boolean> {
    const sftp = await this.#sftpFor(path);
    if (sftp === undefined) return false;
    try {
      await sftp.unlink(this.#sftpPath(path));
      return true;
    } catch (error) {
      if (!(error instanceof SftpError) || error.status === undefined) throw error; // the connection was lost
      return error.status === NO_SUCH_FILE;
    }
  }

  async download(path: string, { signal }: TransferOptions): Promise<DownloadedFile> {
    signal.throwIfAborted();
    return orAborted(this.#download(path, { signal }), signal, GRACE_MS);
  }

  async #download(path: string, { signal }: TransferOptions): Promise<DownloadedFile> {
    const sftp = await this.#sftpFor(path);
    if (sftp !== undefined) return downloadBySftp(sftp, this.#sftpPath(path), { signal });
    return downloadByScp(await this.#scp(`scp -f ${quoteRemotePath(path)}`, signal), path);
  }

  async uploadDir(folder: string, entries: AsyncIterable<DirEntry>, options: DirOptions): Promise<void> {
    options.signal.throwIfAborted();
    return orAborted(this.#uploadDir(folder, entries, options), options.signal, GRACE_MS);
  }

  async #uploadDir(folder: string, entries: AsyncIterable<DirEntry>, options: DirOptions): Promise<void> {
    const { signal, requested } = options;
    const sftp = await this.#sftpFor(folder);
    if (sftp !== undefined) {
      const isExact = this.#options.transfer === "sftp";
      const root = this.#sftpPath(folder);
      const asked = requested && { ...requested, destination: this.#sftpPath(requested.destination) };
      const place = isExact ? root : await scpDestination(sftp, root, asked);
      return uploadDirBySftp(sftp, place, entries, { signal, isExact });
    }
    const place = await this.#makeFolder(folder, options);
    const stream = await this.#scp(`scp -rt ${quoteRemotePath(place)}`, signal);
    const links: { readonly path: string; readonly target: string }[] = [];
    await closing(stream, signal, () =>
      uploadDirByScp(stream, entries, (path, target) => Promise.resolve(void links.push({ path, target }))),
    );
    for (const { path, target } of links) {
      await this.#run(`ln -sfn -- ${quoteWord(target)} ${quoteRemotePath(posix.join(place, path))}`, signal);
    }
  }

  downloadDir(source: string, options: DirOptions): AsyncGenerator<DirEntry, void, undefined> {
    return abortable(this.#downloadDir(source, options), options.signal);
  }

  async *#downloadDir(source: string, options: DirOptions): AsyncGenerator<DirEntry, void, undefined> {
    const { signal, exclude } = options;
    // With a slash at its end the source comes with its own name, as from `scp -r`; the caller does not add it then.
    const base = posix.basename(source);
    const isNamed = source.endsWith("/") && base !== "" && base !== "." && base !== "..";
    const sftp = await this.#sftpFor(source);
    if (sftp !== undefined) {
      yield* downloadDirBySftp(sftp, this.#sftpPath(source), { signal, exclude, prefix: isNamed ? base : "" });
      return;
    }
    const stream = await this.#scp(`scp -rf ${quoteRemotePath(source)}`, signal);
    yield* downloadDirByScp(stream, { isContentOnly: !isNamed && isPlainPath(base), exclude });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#reconnecting?.catch(() => {});
    await this.#connection.close();
  }

  /**
   * Opens a session. A server may allow few at a time, even one: then the connection's session of SFTP is given up when nobody
   * uses it, and what has ended here may take a moment to end there.
   */
  async #session<T>(open: () => Promise<T>, connection?: SshConnection): Promise<T> {
    for (const delayMs of ROOM_DELAYS_MS) {
      try {
        return await open();
      } catch (error) {
        if (!isNoRoom(error)) throw error;
        if (connection !== undefined && this.#sftp?.of === connection)
          await this.#sftp.session.then(endIfIdle, () => {});
        await sleep(delayMs);
      }
    }
    return open();
  }

  /** Gives SFTP for a path; undefined when `scp` has to do it. */
  async #sftpFor(path: string): Promise<Sftp | undefined> {
    const { transfer } = this.#options;
    if (transfer === "scp" || (transfer === undefined && !isPlainPath(path))) return undefined;
    try {
      return await this.#open((connection) => {
        if (this.#sftp?.of !== connection) {
          const session = this.#session(() => openSftp(connection));
          const held = { of: connection, session };
          const forget = (): void => {
            if (this.#sftp === held) this.#sftp = undefined;
          };
          this.#sftp = held;
          session.then(
            (sftp) => void sftp.closed.then(forget),
            (error: unknown) => {
              if (isNoRoom(error)) forget(); // there may be room later
            },
          );
        }
        return this.#sftp.session;
      });
    } catch (error) {
      if (transfer === undefined && error instanceof NoSftpError && !this.#connection.isLost) return undefined;
      throw error;
    }
  }

  /** In the way of scp, `~` stands for the home directory, where SFTP begins. */
  #sftpPath(path: string): string {
    const trimmed = path === "/" ? path : path.replace(/\/+$/, "");
    if (this.#options.transfer === "sftp") return trimmed;
    return trimmed === "~" ? "." : trimmed.replace(/^~\/+/, "");
  }

  async #scp(command: string, signal: AbortSignal): Promise<ScpStream> {
    return new ScpStream(await this.#openExec(command, signal), signal);
  }

  async #openExec(command: string, signal: AbortSignal, terminal?: TerminalSize): Promise<SshChannel> {
    const opening = this.#open((connection) =>
      this.#session(() => openExec(connection, command, terminal), connection),
    );
    return orAborted(opening, signal).catch((error: unknown) => {
      opening.then((channel) => channel.close()).catch(() => {}); // nobody wants it any more
      throw error;
    });
  }

  /** Makes the folder for a transfer with scp, by scp's rule: a folder that does not exist yet becomes the copy itself. */
  async #makeFolder(folder: string, { signal, requested }: DirOptions): Promise<string> {
    const wanted = requested?.destination ?? folder;
    let place = folder;
    if (wanted !== folder) {
      const test = await this.#tryRun(`test -e ${quoteRemotePath(wanted)}`, signal);
      if (test.exit.status === 1) place = wanted;
    }
    await this.#run(`mkdir -p ${quoteRemotePath(place)}`, signal);
    return place;
  }

  async #run(command: string, signal: AbortSignal): Promise<void> {
    const { exit, stderr } = await this.#tryRun(command, signal);
    if (exit.status !== 0) throw new Error(failureText(exit, stderr));
  }

  async #tryRun(
    command: string,
    signal: AbortSignal,
  ): Promise<{ readonly exit: CommandExit; readonly stderr: string }> {
    const { io, stderr } = collectingIo(signal);
    const exit = await this.exec({ command, env: {}, cwd: undefined, terminal: undefined }, io);
    return { exit, stderr: stderr() };
  }

  /** Opens something on the connection; when that turns out to be lost, connects again, once. */
  async #open<T>(start: (connection: SshConnection) => Promise<T>): Promise<T> {
    const connection = await this.#current();
    try {
      return await start(connection);
    } catch (error) {
      if (!connection.isLost && !isLostError(error)) throw error;
      if (this.#connection === connection) void connection.close();
      return await start(await this.#current(connection));
    }
  }

  /** Gives a connection that is not known to be lost. */
  async #current(lost?: SshConnection): Promise<SshConnection> {
    if (this.#isClosed) throw new Error("The connection to the machine was closed.");
    if (this.#connection !== lost && !this.#connection.isLost) return this.#connection;
    this.#reconnecting ??= this.#options.reconnect().finally(() => (this.#reconnecting = undefined));
    return (this.#connection = await this.#reconnecting);
  }
}

/** Runs a transfer over scp and closes its channel. */
async function closing(stream: ScpStream, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    stream.close();
  }
}

/** Tells whether a server opened no session. */
function isNoRoom(error: unknown): boolean {
  return isError(error) && /channel open failure/i.test(error.message);
}

async function endIfIdle(sftp: Sftp): Promise<void> {
  if (!sftp.isIdle) return;
  sftp.end();
  await sftp.closed;
}

/** What ssh2 says when the connection ended before it noticed. */
function isLostError(error: unknown): boolean {
  const text = isError(error) ? error.message : "";
  return /Not connected|No response from server/.test(text);
}
