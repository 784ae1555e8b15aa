/** A command: a line for the machine's own shell, or a program and its arguments that are run without a shell. */
export type Command = string | readonly string[];

/** How a command ended. */
export interface CommandExit {
  /** The exit status; 2300218 when the connection was lost before it arrived. */
  readonly status: number;
  /** The POSIX name of the signal that ended it, such as "KILL". */
  readonly signal?: string;
  /** True when the connection was lost. */
  readonly disconnected?: boolean;
}

/** The exit status that stands for a lost connection. */
export const DISCONNECTED_STATUS = 2300218;

/** A terminal's size in characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** What a machine is asked to run. */
export interface CommandStart {
  readonly command: Command;
  /** Variables added to the machine's own environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The working directory on the machine; undefined: the machine's default. */
  readonly cwd: string | undefined;
  /** The terminal that the command should have; undefined: none. */
  readonly terminal: TerminalSize | undefined;
}

/** What a machine connects a command with. */
export interface CommandIo {
  /** What the command reads; undefined: nothing. */
  readonly stdin: AsyncIterable<Uint8Array> | undefined;
  /** Takes what the command writes to its standard output. Wait for it before the next. */
  readonly stdout: (chunk: Uint8Array) => Promise<void>;
  /** Takes what the command writes to its standard error. Wait for it before the next. */
  readonly stderr: (chunk: Uint8Array) => Promise<void>;
  /** Aborts when nobody waits for the command any more: end it. */
  readonly signal: AbortSignal;
  /** Calls back for each POSIX signal name, such as "TERM", that the command should get. */
  readonly onSignal: (listener: (name: string) => void) => void;
  /** Calls back when the terminal has a new size. */
  readonly onResize: (listener: (size: TerminalSize) => void) => void;
}

/** A file, folder or link. */
export interface FileInfo {
  /** Default "file". */
  readonly kind?: "file" | "directory" | "symlink";
  /** In a single transfer the path on the machine; in a folder transfer relative to the folder, with forward slashes. */
  readonly path: string;
  /** POSIX permission bits. Unset: the receiver's default. */
  readonly mode?: number;
  /** The size in bytes, where known. */
  readonly size?: number;
  /** The time of the last change in milliseconds since 1970, where known. */
  readonly modifiedMs?: number;
  /** Where a symbolic link points. */
  readonly linkTarget?: string;
}

/** One entry of a folder transfer. The content of a file must be read before the next entry is asked for. */
export interface DirEntry extends FileInfo {
  /** Set for files. */
  readonly content?: AsyncIterable<Uint8Array>;
}

/** A file that is read from a machine. */
export interface DownloadedFile {
  readonly file: FileInfo;
  readonly content: AsyncIterable<Uint8Array>;
}

/** Options of every transfer. */
export interface TransferOptions {
  /** Aborts the transfer. */
  readonly signal: AbortSignal;
}

/** Options of writing one file. */
export interface UploadFileOptions extends TransferOptions {
  /** Permission bits that the file should have exactly, if that costs nothing: whatever the umask, and if it was there before. */
  readonly exactMode?: number;
}

/** What became of an upload. */
export interface UploadResult {
  /** True when the file has the exact permission bits that were asked for. */
  readonly isModeSet: boolean;
}

/** Options of a folder transfer. */
export interface DirOptions extends TransferOptions {
  /** Entries to leave out, as paths relative to the source. */
  readonly exclude: readonly string[];
  /** What an upload was asked for before the rule of the slash was applied to it, for machines with another rule. */
  readonly requested?: { readonly source: string; readonly destination: string };
}

/**
 * A machine that a builder made or a communicator connected to, as its author implements it. Reject with an Error or
 * DiagnosticError when something cannot be done; a command that ran and failed is an exit with a status.
 */
export interface Machine {
  /** The kind of connection for `build.ConnType`, such as "ssh" or "none". */
  readonly type: string;
  /** Runs a command and resolves when it has ended and its output is handed on. */
  exec(start: CommandStart, io: CommandIo): Promise<CommandExit>;
  /** Writes one file. Machines without quick ways to set exact permission bits give no result. */
  upload(file: FileInfo, content: AsyncIterable<Uint8Array>, options: UploadFileOptions): Promise<UploadResult | void>;
  /**
   * Removes a file, where that is quicker than by a command. Gives true when there is none at the path afterwards, false when a
   * command has to try.
   */
  removeFile?(path: string, options: TransferOptions): Promise<boolean>;
  /** Reads one file. */
  download(path: string, options: TransferOptions): Promise<DownloadedFile>;
  /**
   * Writes entries into a folder. `destination` already follows the rule of the slash at the source's end. Unset: folders and
   * links are made with `mkdir` and `ln` through `exec`, files with `upload`.
   */
  uploadDir?(destination: string, entries: AsyncIterable<DirEntry>, options: DirOptions): Promise<void>;
  /** Reads the content of a folder, folders before what is in them. Unset: `tar` through `exec`. */
  downloadDir?(source: string, options: DirOptions): AsyncIterable<DirEntry>;
}
