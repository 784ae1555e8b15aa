import { open, type FileHandle } from "node:fs/promises";
import type { Writable } from "node:stream";
import { makeFolders } from "@ingot/files";
import { orAborted } from "@ingot/protocol";
import { chunksOf } from "./chunks.js";
import { downloadDirByTar, uploadDirByFiles } from "./default-dir.js";
import { dirDestination } from "./dir-path.js";
import { DiagnosticError, diagnosticsOf } from "./errors.js";
import { readLocalDir } from "./local-dir.js";
import { writeAll, writeRootedDir } from "./local-file.js";
import { DISCONNECTED_STATUS, type Command, type CommandExit, type DirEntry, type UploadResult } from "./machine.js";
import type { MachineAccess } from "./machine-table.js";
import { openSource } from "./open-source.js";
import { toByteSink } from "./output-sink.js";
import type {
  DirTransferOptions,
  DownloadOptions,
  RemoteMachine,
  RunOptions,
  UploadOptions,
} from "./remote-machine.js";

/**
 * A machine that the provisioner's own process serves, as it is when a builder and a provisioner are in one plugin: what goes
 * through it needs no messages. It behaves as one that is reached through them.
 */
export class DirectMachine implements RemoteMachine, AsyncDisposable {
  readonly #access: MachineAccess;
  readonly #signal: AbortSignal;

  constructor(access: MachineAccess, { signal }: { readonly signal: AbortSignal }) {
    this.#access = access;
    this.#signal = signal;
  }

  get type(): string {
    return this.#access.machine.type;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  async run(command: Command, options: RunOptions = {}): Promise<CommandExit> {
    const stdout = toByteSink(options.stdout);
    const stderr = toByteSink(options.stderr);
    const { stdin } = options;
    const exit = await this.#attempt(options, (signal) =>
      this.#access.machine.exec(
        { command, env: { ...options.env }, cwd: options.cwd, terminal: undefined },
        {
          stdin: stdin === undefined ? undefined : chunksOf(inputOf(stdin)),
          stdout: (chunk) => stdout.write(chunk),
          stderr: (chunk) => stderr.write(chunk),
          signal,
          onSignal: () => {},
          onResize: () => {},
        },
      ),
    );
    await stdout.flush();
    await stderr.flush();
    return exit.disconnected === true ? { ...exit, status: DISCONNECTED_STATUS } : exit;
  }

  async upload(
    source: string | Uint8Array | AsyncIterable<Uint8Array>,
    destination: string,
    options: UploadOptions = {},
  ): Promise<UploadResult> {
    const { content, file } = await openSource(source, destination, options);
    const { exactMode, onProgress } = options;
    const more = exactMode === undefined ? {} : { exactMode };
    const result = await this.#attempt(options, (signal) =>
      this.#access.machine.upload(file, counted(chunksOf(content), onProgress), { signal, ...more }),
    );
    return result ?? { isModeSet: false };
  }

  async removeFile(path: string): Promise<boolean> {
    const { machine } = this.#access;
    return await this.#attempt({}, async (signal) => (await machine.removeFile?.(path, { signal })) ?? false);
  }

  async download(source: string, destination: string | Writable, options: DownloadOptions = {}): Promise<void> {
    await this.#attempt(options, async (signal) => {
      const { file: info, content } = await this.#access.machine.download(source, { signal });
      // A local file is made only when the machine has the file, and inside of the loop, whose end lets go of the machine's.
      let file: FileHandle | undefined;
      let received = 0;
      try {
        for await (const chunk of content) {
          signal.throwIfAborted();
          if (typeof destination === "string") await writeAll((file ??= await open(destination, "w")), chunk);
          else await orAborted(toByteSink(destination).write(chunk), signal); // the reader may never come again
          received += chunk.length;
          options.onProgress?.(received, info.size);
        }
        if (typeof destination === "string") file ??= await open(destination, "w");
      } finally {
        await file?.close();
      }
    });
  }

  async uploadDir(source: string, destination: string, options: DirTransferOptions = {}): Promise<void> {
    const { machine } = this.#access;
    const exclude = options.exclude ?? [];
    const followLinks = this.type === "ssh"; // scp knows no links
    const folder = dirDestination(source, destination);
    const entries = countedEntries(readLocalDir(source, { exclude, followLinks }), options.onProgress);
    await this.#attempt(options, (signal) => {
      const dirOptions = { signal, exclude, requested: { source, destination } };
      return machine.uploadDir === undefined
        ? uploadDirByFiles(machine, folder, entries, dirOptions)
        : machine.uploadDir(folder, entries, dirOptions);
    });
  }

  async downloadDir(source: string, destination: string, options: DirTransferOptions = {}): Promise<void> {
    const { machine } = this.#access;
    // What a pattern finds comes with its own name.
    const folder = /[*?[]/.test(source) ? destination : dirDestination(source, destination);
    await makeFolders(folder);
    await this.#attempt(options, async (signal) => {
      const dirOptions = { signal, exclude: options.exclude ?? [] };
      const entries = machine.downloadDir?.(source, dirOptions) ?? downloadDirByTar(machine, source, dirOptions);
      await writeRootedDir(folder, "", countedEntries(entries, options.onProgress), { signal });
    });
  }

  /** Does something on the machine. Rejects as a remote machine does: with DiagnosticError, or the signal's reason. */
  async #attempt<T>(options: { readonly signal?: AbortSignal }, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const caller = options.signal ?? this.#signal;
    const signal = AbortSignal.any([caller, this.#access.signal]);
    try {
      signal.throwIfAborted();
      const result = await work(signal);
      signal.throwIfAborted();
      return result;
    } catch (error) {
      signal.throwIfAborted();
      throw new DiagnosticError(diagnosticsOf(error), { cause: error });
    }
  }
}

function inputOf(stdin: NonNullable<RunOptions["stdin"]>): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  if (typeof stdin === "string") return [Buffer.from(stdin)];
  return stdin instanceof Uint8Array ? [stdin] : stdin;
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  onProgress: ((bytes: number) => void) | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  let sent = 0;
  for await (const chunk of chunks) {
    yield chunk;
    sent += chunk.length;
    onProgress?.(sent);
  }
}

function countedEntries(
  entries: AsyncIterable<DirEntry>,
  onProgress: ((bytes: number) => void) | undefined,
): AsyncIterable<DirEntry> {
  return onProgress === undefined ? entries : countEntries(entries, onProgress);
}

async function* countEntries(
  entries: AsyncIterable<DirEntry>,
  onProgress: (bytes: number) => void,
): AsyncGenerator<DirEntry, void, undefined> {
  let before = 0;
  for await (const entry of entries) {
    if (entry.content === undefined) {
      yield entry;
      continue;
    }
    let size = 0;
    const content = counted(entry.content, (bytes) => onProgress(before + (size = bytes)));
    yield { ...entry, content };
    before += size;
  }
}
