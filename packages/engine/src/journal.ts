import { open, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { isError, messageOf } from "@ingot/diag";
import { makeFolders } from "@ingot/files";

/** A file that lines are appended to in order. One write at a time; lines that come meanwhile go together in the next one. */
export class Journal implements AsyncDisposable {
  readonly #opened: Promise<FileHandle>;
  #pending: string[] = [];
  #syncWanted = false;
  /** Someone has heard already that the file can't be written. */
  #isReported = false;
  /** The write after the running one; all lines that come now are in it. */
  #next: Promise<void> | undefined;
  #running: Promise<void> = Promise.resolve();

  private constructor(opened: Promise<FileHandle>) {
    this.#opened = opened;
    // A failure is reported by the first append that waits.
    this.#opened.catch(() => undefined);
  }

  /** Starts `runs/<run id>/journal.jsonl` in the state directory. Folders get mode 0700, the file 0600. */
  static start(stateDirectory: string, runId: string): Journal {
    return new Journal(openFile(path.join(stateDirectory, "runs", runId)));
  }

  /** Adds a line that reaches the file soon, at the latest with the next durable one. */
  append(line: string): void {
    this.#pending.push(line);
    this.#schedule().catch(() => undefined); // the journal stays broken, so the next durable append reports it
  }

  /** Adds a line; resolves when it is on the disk. Rejects when it can't be written. */
  async appendDurable(line: string): Promise<void> {
    this.#pending.push(line);
    this.#syncWanted = true;
    try {
      await this.#schedule();
    } catch (error) {
      this.#isReported = true;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#schedule();
    } catch (error) {
      if (!this.#isReported) throw error;
    } finally {
      const file = await this.#opened.catch(() => undefined);
      await file?.close();
    }
  }

  #schedule(): Promise<void> {
    if (this.#next !== undefined) return this.#next;
    const next = this.#running.then(() => this.#writePending());
    this.#next = next;
    this.#running = next;
    return next;
  }

  async #writePending(): Promise<void> {
    const file = await this.#opened;
    this.#next = undefined;
    if (this.#pending.length === 0) return;
    const text = `${this.#pending.join("\n")}\n`;
    const sync = this.#syncWanted;
    this.#pending = [];
    this.#syncWanted = false;
    try {
      await file.appendFile(text);
      if (sync) await file.datasync();
    } catch (error) {
      throw new JournalError(error);
    }
  }
}

/** The journal can't be written, so nothing may be started. */
class JournalError extends Error {
  override readonly name = "JournalError";
  /** The code of the file system's error, such as "EACCES". */
  readonly code: string | undefined;

  constructor(cause: unknown) {
    super(
      `The journal of this run can't be written (${messageOf(cause)}). Free or choose another place for it: INGOT_STATE_DIR names the folder.`,
      { cause },
    );
    this.code = codeOf(cause);
  }
}

async function openFile(folder: string): Promise<FileHandle> {
  const file = path.join(folder, "journal.jsonl");
  try {
    await makeFolders(folder, 0o700);
    return await open(file, "ax", 0o600);
  } catch (error) {
    throw new JournalError(error);
  }
}

function codeOf(error: unknown): string | undefined {
  return isError(error) ? (error as NodeJS.ErrnoException).code : undefined; // it is optional there too
}
