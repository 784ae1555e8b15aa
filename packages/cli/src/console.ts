/** Where a command reads from and writes to; the only door to the terminal. */
export interface Console {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  /** Where the running program is. */
  readonly installFolder: string;
  /** The log of this command was begun, so nobody begins it anew. */
  readonly hasLog?: boolean;
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  /**
   * Calls the listener when somebody who read the standard output has closed it. Gives the function that ends that. Absent: nobody
   * can.
   */
  readonly whenUnread?: (listener: () => void) => () => void;
  /** Reads standard input to its end. */
  readInput(): Promise<Uint8Array>;
}

/** A stream for text. */
export interface TextOutput {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** The width of the terminal; changes with it. */
  readonly columns: number;
  /** The height of the terminal, if it is known. */
  readonly rows?: number;
}

/** What shells show of a program that SIGPIPE has ended. */
const UNREAD_STATUS = 141;

/**
 * The process's own streams, opened when they are first used, which takes Node some milliseconds. What nobody reads is dropped; when that is
 * the standard output, the exit status is that of a program that SIGPIPE has ended.
 */
export function processConsole({ installFolder }: { readonly installFolder: string }): Console {
  const { env } = process;
  const listeners = new Set<() => void>();
  const onUnread = (): void => {
    process.once("exit", () => (process.exitCode = UNREAD_STATUS));
    for (const listener of listeners) listener();
  };
  return {
    env,
    workingDirectory: currentFolder(env),
    installFolder,
    stdout: outputTo(() => process.stdout, onUnread),
    stderr: outputTo(
      () => process.stderr,
      () => undefined,
    ),
    whenUnread: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    readInput,
  };
}

/** The current folder, even when it was removed: then nothing is found in it, and what needs no files works. */
function currentFolder(env: NodeJS.ProcessEnv): string {
  try {
    return process.cwd();
  } catch {
    return env["PWD"] ?? "/";
  }
}

async function readInput(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer); // no encoding is set
  return Buffer.concat(chunks);
}

/** Text for a pipe or a file that comes together is written together: each write costs as much as many lines. */
const MOST_WAITING = 64 * 1024;

function outputTo(open: () => NodeJS.WriteStream, onUnread: () => void): TextOutput {
  let opened: NodeJS.WriteStream | undefined;
  let isClosed = false;
  let waiting = "";
  let timer: NodeJS.Immediate | undefined;
  const stream = (): NodeJS.WriteStream => {
    if (opened !== undefined) return opened;
    opened = open();
    opened.on("error", (error: NodeJS.ErrnoException) => {
      if (isClosed) return;
      isClosed = true;
      if (error.code === "EPIPE") onUnread();
      else reportLoss(opened, error);
    });
    process.on("exit", flush);
    return opened;
  };
  // The types say that it is always there; on a pipe it isn't.
  const isTerminal = (): boolean => (stream().isTTY as boolean | undefined) === true;
  const flush = (): void => {
    clearImmediate(timer);
    timer = undefined;
    if (waiting !== "" && !isClosed) stream().write(waiting);
    waiting = "";
  };
  return {
    write: (text) => {
      if (isClosed) return;
      waiting += text;
      if (isTerminal() || waiting.length >= MOST_WAITING) flush();
      else timer ??= setImmediate(flush);
    },
    get isTerminal() {
      return isTerminal();
    },
    get columns() {
      if (isTerminal()) refreshSize(stream());
      return (stream().columns as number | undefined) || 80; // 0: a terminal that nobody has given a size
    },
    get rows() {
      return (stream().rows as number | undefined) || 24;
    },
  };
}

/** Tells that output is lost, as on a full disk. What runs goes on, but the process must not seem to have succeeded. */
function reportLoss(stream: NodeJS.WriteStream | undefined, error: Error): void {
  if (stream !== process.stderr) {
    process.stderr.once("error", () => undefined); // it may be on the same disk
    process.stderr.write(`The output can't be written (${error.message}).\n`);
  }
  process.once("exit", () => (process.exitCode ||= 1));
}

/**
 * Asks the terminal for its size now. Node itself does so when it hears of a change, which is too late for what is drawn until then. The
 * method is not in Node's documentation, so it may be missing.
 */
function refreshSize(stream: NodeJS.WriteStream & { readonly _refreshSize?: () => void }): void {
  stream._refreshSize?.();
}
