import { open, type FileHandle } from "node:fs/promises";
import type { Writable } from "node:stream";
import { makeFolders } from "@ingot/files";
import {
  bidi,
  clientStream,
  FastCommunicatorService as service,
  derToPem,
  openClient,
  RPC_STATUS,
  RpcError,
  serverStream,
  unary,
  type Access,
  type ClientTls,
  type CommunicatorRef,
  type Diagnostic as WireDiagnostic,
  type ExecExit,
  type ExecRequest,
  type RpcClient,
  type UploadDirRequest,
  type UploadRequest,
} from "@ingot/protocol";
import { chunksOf } from "./chunks.js";
import { receiveEntries, sendEntries } from "./dir-stream.js";
import { fromWireDiagnostic } from "./diagnostic-wire.js";
import { dirDestination } from "./dir-path.js";
import { DiagnosticError } from "./errors.js";
import { toWireFileInfo } from "./file-info-wire.js";
import { readLocalDir } from "./local-dir.js";
import { writeAll, writeRootedDir } from "./local-file.js";
import type { Command, CommandExit, UploadResult } from "./machine.js";
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
 * Connects to a machine by its reference: straight to the process that serves it. Connecting happens with the first call.
 * Dispose it.
 */
export async function connectMachine(
  ref: CommunicatorRef,
  { signal }: { readonly signal: AbortSignal },
): Promise<RemoteMachine & AsyncDisposable> {
  const client = await openClient(ref.endpoint, tlsOf(ref));
  return new MachineClient(client, ref, signal);
}

function tlsOf({ serverCertificate, clientCertificate, clientKey }: CommunicatorRef): ClientTls | undefined {
  if (serverCertificate.length === 0) return undefined;
  return {
    serverCertificate: derToPem(serverCertificate),
    ...(clientCertificate === undefined ? {} : { clientCertificate: derToPem(clientCertificate) }),
    ...(clientKey === undefined ? {} : { clientKey: derToPem(clientKey, "PRIVATE KEY") }),
  };
}

class MachineClient implements RemoteMachine, AsyncDisposable {
  readonly type: string;
  readonly #client: RpcClient;
  readonly #access: Access;
  readonly #signal: AbortSignal;

  constructor(client: RpcClient, ref: CommunicatorRef, signal: AbortSignal) {
    this.type = ref.type;
    this.#client = client;
    this.#access = { handle: ref.handle, token: ref.token };
    this.#signal = signal;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#client.close();
    return Promise.resolve();
  }

  async run(command: Command, options: RunOptions = {}): Promise<CommandExit> {
    const signal = options.signal ?? this.#signal;
    const call = bidi(this.#client, service.exec, { signal });
    const stdout = toByteSink(options.stdout);
    const stderr = toByteSink(options.stderr);
    await call.write({ message: { $case: "start", value: this.#execStart(command, options) } });
    let isOver = false;
    const sending =
      options.stdin === undefined ? Promise.resolve() : sendStdin(call, options.stdin, () => isOver || signal.aborted);
    sending.catch(() => call.cancel()); // the source of stdin failed; awaited below
    let exit: ExecExit | undefined;
    try {
      for await (const { message } of call) {
        if (message?.$case === "stdout") await stdout.write(message.value);
        else if (message?.$case === "stderr") await stderr.write(message.value);
        else if (message?.$case === "exit") {
          exit = message.value;
          isOver = true;
        }
      }
    } catch (error) {
      if (!signal.aborted) await Promise.race([sending, Promise.resolve()]); // an error of the source explains the cancelled call
      throw error;
    } finally {
      isOver = true;
    }
    await stdout.flush();
    await stderr.flush();
    call.end();
    if (exit === undefined) throw new Error("The machine ended the command's stream without an exit status.");
    throwErrors(exit.diagnostics);
    return {
      status: exit.status,
      ...(exit.signal === "" ? {} : { signal: exit.signal }),
      ...(exit.disconnected ? { disconnected: true } : {}),
    };
  }

  async upload(
    source: string | Uint8Array | AsyncIterable<Uint8Array>,
    destination: string,
    options: UploadOptions = {},
  ): Promise<UploadResult> {
    const { content, file } = await openSource(source, destination, options);
    const access = this.#access;
    const signal = options.signal ?? this.#signal;
    const requests = async function* (): AsyncGenerator<UploadRequest, void, undefined> {
      const value = { access, file: toWireFileInfo(file), exactMode: options.exactMode };
      yield { message: { $case: "start", value } };
      let sent = 0;
      for await (const chunk of chunksOf(content)) {
        signal.throwIfAborted();
        yield { message: { $case: "chunk", value: chunk } };
        sent += chunk.length;
        options.onProgress?.(sent);
      }
    };
    const response = await clientStream(this.#client, service.upload, requests(), { signal });
    throwErrors(response.diagnostics);
    return { isModeSet: response.exactModeSet };
  }

  async removeFile(path: string): Promise<boolean> {
    const request = { access: this.#access, path };
    try {
      const { removed } = await unary(this.#client, service.removeFile, request, { signal: this.#signal });
      return removed;
    } catch (error) {
      if (error instanceof RpcError && error.code === RPC_STATUS.unimplemented) return false;
      throw error;
    }
  }

  async download(source: string, destination: string | Writable, options: DownloadOptions = {}): Promise<void> {
    const signal = options.signal ?? this.#signal;
    const responses = serverStream(this.#client, service.download, { access: this.#access, path: source }, { signal });
    // A local file is made only when the machine has the file.
    let file: FileHandle | undefined;
    let size: number | undefined;
    let received = 0;
    try {
      for await (const { message } of responses) {
        if (message?.$case === "file") {
          size = message.value.size === undefined ? undefined : Number(message.value.size);
          if (typeof destination === "string") file = await open(destination, "w");
        } else if (message?.$case === "chunk") {
          if (file !== undefined) await writeAll(file, message.value);
          else if (typeof destination !== "string") await toByteSink(destination).write(message.value);
          received += message.value.length;
          options.onProgress?.(received, size);
        } else if (message?.$case === "end") throwErrors(message.value.diagnostics);
      }
    } finally {
      await file?.close();
    }
  }

  async uploadDir(source: string, destination: string, options: DirTransferOptions = {}): Promise<void> {
    const signal = options.signal ?? this.#signal;
    const access = this.#access;
    const exclude = options.exclude ?? [];
    const followLinks = this.type === "ssh"; // scp knows no links
    const requests = async function* (): AsyncGenerator<UploadDirRequest, void, undefined> {
      yield { message: { $case: "start", value: { access, destination, source, exclude: [...exclude] } } };
      yield* sendEntries(readLocalDir(source, { exclude, followLinks }), options.onProgress);
    };
    const { diagnostics } = await clientStream(this.#client, service.uploadDir, requests(), { signal });
    throwErrors(diagnostics);
  }

  async downloadDir(source: string, destination: string, options: DirTransferOptions = {}): Promise<void> {
    const signal = options.signal ?? this.#signal;
    const request = { access: this.#access, source, exclude: [...(options.exclude ?? [])] };
    const responses = serverStream(this.#client, service.downloadDir, request, { signal });
    const entries = receiveEntries(responses, {
      onEnd: ({ diagnostics }) => throwErrors(diagnostics),
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    });
    // What a pattern finds comes with its own name.
    const folder = /[*?[]/.test(source) ? destination : dirDestination(source, destination);
    await makeFolders(folder);
    await writeRootedDir(folder, "", entries, { signal });
  }

  #execStart(
    command: Command,
    { env, cwd, stdin }: RunOptions,
  ): NonNullable<Extract<ExecRequest["message"], { $case: "start" }>["value"]> {
    return {
      access: this.#access,
      command:
        typeof command === "string"
          ? { $case: "shellCommand", value: command }
          : { $case: "arguments", value: { values: [...command] } },
      environment: { ...env },
      workingDirectory: cwd ?? "",
      terminal: undefined,
      withStdin: stdin !== undefined,
    };
  }
}

async function sendStdin(
  call: { write(request: ExecRequest): Promise<void> },
  stdin: NonNullable<RunOptions["stdin"]>,
  isOver: () => boolean,
): Promise<void> {
  const source = typeof stdin === "string" ? [Buffer.from(stdin)] : stdin instanceof Uint8Array ? [stdin] : stdin;
  for await (const chunk of chunksOf(source)) {
    if (isOver()) return; // writing to a call that is over does nothing, at once: an endless source would never stop
    await call.write({ message: { $case: "stdin", value: chunk } });
  }
  await call.write({ message: { $case: "stdinEnd", value: {} } });
}

function throwErrors(diagnostics: readonly WireDiagnostic[]): void {
  const errors = diagnostics.map(fromWireDiagnostic).filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new DiagnosticError(errors);
}
