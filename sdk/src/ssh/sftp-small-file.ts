import { SftpStatusError, type RequestPlace, type SftpChannel, type SftpTaker } from "./sftp-channel.js";
import { SftpError } from "./sftp-error.js";
import { FAILURE, SFTP, type SftpReader } from "./sftp-wire.js";
import type { TransferWindow } from "./transfer-window.js";

const WRITE_NEW = 0x02 | 0x08 | 0x10;
const HAS_MODE = 4;
/** What a handle may take by the protocol. */
const MAX_HANDLE = 256;

/** A file of few bytes, and where its transfer is counted. */
export interface SmallFileOptions {
  readonly path: string;
  readonly mode: number | undefined;
  /** How it gets its mode: exactly, or only as a new file, less the machine's umask. */
  readonly isExact: boolean;
  readonly bytes: Buffer;
  readonly window: TransferWindow;
}

/**
 * Writes a small file in two round trips: what follows its opening leaves together. Folders have thousands of them, so that each
 * is a single object without promises, which takes the answers itself.
 */
export class SmallFile implements SftpTaker {
  readonly #channel: SftpChannel;
  readonly #file: SmallFileOptions;
  #isOpen = false;
  #isSecondAttempt = false;
  /** The numbers of the requests after the opening, as far as there are such. */
  #writeId = -1;
  #modeId = -1;
  #awaited = 0;
  #error: SftpError | undefined;

  constructor(channel: SftpChannel, file: SmallFileOptions) {
    this.#channel = channel;
    this.#file = file;
  }

  /** Begins. The window has counted it already, and is told of its end. */
  start(): void {
    const { path, mode } = this.#file;
    const pathSize = Buffer.byteLength(path);
    this.#awaited = 1;
    const size = 4 + pathSize + 4 + (mode === undefined ? 4 : 8);
    const place = this.#channel.begin(SFTP.open, { size }, this);
    if (place === undefined) return;
    const { into } = place;
    let at = into.writeUInt32BE(pathSize, place.at);
    at += into.write(path, at);
    at = into.writeUInt32BE(WRITE_NEW, at);
    writeMode(into, mode, at);
  }

  take(_id: number, type: number, fields: SftpReader): void {
    if (this.#isOpen) return this.#settle();
    this.#isOpen = true;
    const handle = type === SFTP.handle ? fields.bytes() : undefined;
    if (handle !== undefined && handle.length <= MAX_HANDLE) this.#sendRest(handle);
    else this.#error = new SftpError("write", this.#file.path, new Error("the machine's SFTP server gives no handle"));
    this.#settle();
  }

  refuse(id: number, error: Error): void {
    if (!this.#isOpen && !this.#isSecondAttempt && error instanceof SftpStatusError && error.code === FAILURE) {
      this.#isSecondAttempt = true; // the server may have had too many files open
      return this.#file.window.postpone(() => this.start());
    }
    const what = !this.#isOpen || id === this.#writeId ? "write" : id === this.#modeId ? "change the mode of" : "close";
    this.#error ??= new SftpError(what, this.#file.path, error);
    this.#settle();
  }

  #sendRest(handle: Buffer): void {
    const { bytes, mode, isExact } = this.#file;
    const size = 4 + handle.length;
    if (bytes.length > 0) {
      const place = this.#begin(SFTP.write, { size: size + 12, dataSize: bytes.length });
      if (place === undefined) return;
      this.#writeId = place.id;
      const at = writeHandle(place, handle);
      place.into.writeUInt32BE(0, at);
      place.into.writeUInt32BE(0, at + 4);
      place.into.writeUInt32BE(bytes.length, at + 8);
      this.#channel.append(bytes);
    }
    if (isExact && mode !== undefined) {
      const place = this.#begin(SFTP.fsetstat, { size: size + 8 });
      if (place === undefined) return;
      this.#modeId = place.id;
      writeMode(place.into, mode & 0o7777, writeHandle(place, handle));
    }
    const place = this.#begin(SFTP.close, { size });
    if (place !== undefined) writeHandle(place, handle);
  }

  #begin(type: number, size: { readonly size: number; readonly dataSize?: number }): RequestPlace | undefined {
    this.#awaited++;
    return this.#channel.begin(type, size, this);
  }

  #settle(): void {
    if (--this.#awaited > 0) return;
    const { window, bytes } = this.#file;
    if (this.#error === undefined) window.end(bytes.length);
    else window.fail(bytes.length, this.#error);
  }
}

function writeHandle({ into, at }: RequestPlace, handle: Buffer): number {
  into.writeUInt32BE(handle.length, at);
  for (let i = 0; i < handle.length; i++) into[at + 4 + i] = handle[i] ?? 0; // few bytes: faster than a call
  return at + 4 + handle.length;
}

function writeMode(into: Buffer, mode: number | undefined, at: number): void {
  into.writeUInt32BE(mode === undefined ? 0 : HAS_MODE, at);
  if (mode !== undefined) into.writeUInt32BE(mode, at + 4);
}
