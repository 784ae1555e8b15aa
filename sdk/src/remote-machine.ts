import type { Writable } from "node:stream";
import type { Command, CommandExit, UploadResult } from "./machine.js";

/**
 * Takes a command's output: a function gets it line by line (without line feed and trailing white space, and of a line that
 * was overwritten with carriage returns only what stayed); a stream gets the bytes. What a function returns is awaited.
 */
export type OutputSink = ((line: string) => unknown) | Writable;

/** Options of `run`. */
export interface RunOptions {
  /** Aborts the command. Default: the session's signal. */
  readonly signal?: AbortSignal;
  /** What the command reads. Default: nothing. */
  readonly stdin?: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** Takes its standard output. Default: dropped. */
  readonly stdout?: OutputSink;
  /** Takes its standard error. Default: dropped. */
  readonly stderr?: OutputSink;
  /** Variables added to the machine's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The working directory on the machine. */
  readonly cwd?: string;
}

/** Options of file transfers. */
export interface UploadOptions {
  /** Aborts the transfer. Default: the session's signal. */
  readonly signal?: AbortSignal;
  /** Permission bits. Default: those of the local file, otherwise the machine's default. */
  readonly mode?: number;
  /**
   * Permission bits that the file should have exactly, whatever the machine's umask, and if it was there before. Not every machine
   * does that: the result tells.
   */
  readonly exactMode?: number;
  /** The size in bytes, for content that is not a local file. */
  readonly size?: number;
  /** Called with the number of bytes sent so far. */
  readonly onProgress?: (bytes: number) => void;
}

/** Options of `download`. */
export interface DownloadOptions {
  /** Aborts the transfer. Default: the session's signal. */
  readonly signal?: AbortSignal;
  /** Called with the number of bytes received so far, and the size where known. */
  readonly onProgress?: (bytes: number, size: number | undefined) => void;
}

/** Options of folder transfers. */
export interface DirTransferOptions {
  /** Aborts the transfer. Default: the session's signal. */
  readonly signal?: AbortSignal;
  /** Entries to leave out, as paths relative to the source. */
  readonly exclude?: readonly string[];
  /** Called with the number of bytes moved so far. */
  readonly onProgress?: (bytes: number) => void;
}

/**
 * The machine that a provisioner works on. Sources come first, destinations second. All methods reject with a
 * DiagnosticError when the machine reports trouble, and with the signal's reason on abort.
 */
export interface RemoteMachine {
  /** The kind of connection, such as "ssh" or "none". */
  readonly type: string;
  /**
   * Runs a command: a line for the machine's shell, or a program and its arguments. Resolves when it has ended and its output
   * is handed on; a status other than 0 is not an error here.
   */
  run(command: Command, options?: RunOptions): Promise<CommandExit>;
  /** Writes a file on the machine, from a local path or from bytes. */
  upload(
    source: string | Uint8Array | AsyncIterable<Uint8Array>,
    destination: string,
    options?: UploadOptions,
  ): Promise<UploadResult>;
  /** Removes a file without a command. Gives false when the machine cannot, or did not, so that a command has to try. */
  removeFile(path: string): Promise<boolean>;
  /** Reads a file of the machine into a local path or a stream. A stream is not ended. */
  download(source: string, destination: string | Writable, options?: DownloadOptions): Promise<void>;
  /** Copies a local folder: with a slash at the source's end its content, otherwise the folder itself, into the destination. */
  uploadDir(source: string, destination: string, options?: DirTransferOptions): Promise<void>;
  /** Copies a folder of the machine into a local folder, by the same rule. */
  downloadDir(source: string, destination: string, options?: DirTransferOptions): Promise<void>;
}
