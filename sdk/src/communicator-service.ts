import type {
  ServerDuplexStream,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
} from "@grpc/grpc-js";
import {
  callSignal,
  FastCommunicatorService,
  readMessages,
  type Access,
  type CommunicatorServiceServer,
  type DownloadDirRequest,
  type DownloadDirResponse,
  type DownloadRequest,
  type DownloadResponse,
  type ExecExit,
  type ExecRequest,
  type ExecResponse,
  type ExecStart,
  type RpcService,
  type RemoveFileRequest,
  type RemoveFileResponse,
  type UploadDirRequest,
  type UploadDirResponse,
  type UploadRequest,
  type UploadResponse,
  type UploadDirStart,
  type UploadStart,
} from "@ingot/protocol";
import { AsyncQueue } from "./async-queue.js";
import { chunksOf, cut } from "./chunks.js";
import { downloadDirByTar, uploadDirByFiles } from "./default-dir.js";
import { receiveEntries, sendEntries } from "./dir-stream.js";
import { toWireDiagnostic } from "./diagnostic-wire.js";
import { dirDestination } from "./dir-path.js";
import { diagnosticsOf } from "./errors.js";
import { fromWireFileInfo, toWireFileInfo } from "./file-info-wire.js";
import { machineRef } from "./machine-offer.js";
import type { MachineAccess, MachineTable } from "./machine-table.js";
import { DISCONNECTED_STATUS, type CommandIo, type CommandStart, type TerminalSize } from "./machine.js";
import { reply, STATUS, StatusError, toStatus } from "./reply.js";
import { writeToCall } from "./write-call.js";

/** Serves machines: to the host, which makes and ends tokens, and to provisioners, which come with one. */
export function communicatorService(machines: MachineTable): RpcService {
  const handlers: CommunicatorServiceServer = {
    grant: reply(({ handle }) => {
      const granted = machines.grant(handle);
      if (granted === undefined) throw new StatusError(STATUS.notFound, `no machine has the handle ${handle}`);
      return { communicator: machineRef(handle, granted.type, granted.token) };
    }),
    revoke: reply(({ token }) => {
      machines.revoke(token);
      return {};
    }),
    exec: (call) => void serveExec(machines, call),
    upload: (call, callback) => void serveUpload(machines, call, callback),
    removeFile: (call, callback) => void serveRemoveFile(machines, call, callback),
    download: (call) => void serveDownload(machines, call),
    uploadDir: (call, callback) => void serveUploadDir(machines, call, callback),
    downloadDir: (call) => void serveDownloadDir(machines, call),
  };
  return { definition: FastCommunicatorService, handlers };
}

function open(
  machines: MachineTable,
  access: Access | undefined,
  call: Parameters<typeof callSignal>[0],
): MachineAccess {
  const found = machines.open(access?.handle ?? "", access?.token ?? "");
  if (found === undefined)
    throw new StatusError(STATUS.permissionDenied, "the communicator's token is unknown or was revoked");
  return { machine: found.machine, signal: AbortSignal.any([found.signal, callSignal(call)]) };
}

async function serveExec(machines: MachineTable, call: ServerDuplexStream<ExecRequest, ExecResponse>): Promise<void> {
  try {
    const requests = readMessages<ExecRequest>(call);
    const start = await firstMessage<ExecStart>(requests);
    const { machine, signal } = open(machines, start.access, call);
    const stdin = new AsyncQueue<Uint8Array>();
    const onSignal: ((name: string) => void)[] = [];
    const onResize: ((size: TerminalSize) => void)[] = [];
    const send = async (message: NonNullable<ExecResponse["message"]>): Promise<void> => {
      await writeToCall(call, { message });
    };
    const output =
      (name: "stdout" | "stderr") =>
      async (bytes: Uint8Array): Promise<void> => {
        for (const value of cut(bytes)) await send({ $case: name, value });
      };
    const io: CommandIo = {
      stdin: start.withStdin ? stdin : undefined,
      stdout: output("stdout"),
      stderr: output("stderr"),
      signal,
      onSignal: (listener) => void onSignal.push(listener),
      onResize: (listener) => void onResize.push(listener),
    };
    const receiving = (async () => {
      for await (const { message } of requests) {
        if (message?.$case === "stdin" && start.withStdin) await stdin.push(message.value);
        else if (message?.$case === "stdinEnd") stdin.end();
        else if (message?.$case === "signal") onSignal.forEach((listener) => listener(message.value));
        else if (message?.$case === "resize") onResize.forEach((listener) => listener(message.value));
      }
    })();
    void receiving.then(
      () => stdin.end(),
      (error: unknown) => stdin.fail(error),
    );
    let exit: ExecExit;
    try {
      const ended = await machine.exec(toCommandStart(start), io);
      const isLost = ended.disconnected ?? false;
      const status = isLost ? DISCONNECTED_STATUS : ended.status;
      exit = { status, signal: ended.signal ?? "", disconnected: isLost, diagnostics: [] };
    } catch (error) {
      throwIfAborted(signal);
      exit = { status: 0, signal: "", disconnected: false, diagnostics: diagnosticsOf(error).map(toWireDiagnostic) };
    }
    throwIfAborted(signal);
    await send({ $case: "exit", value: exit });
    call.end();
  } catch (error) {
    endWith(call, error);
  }
}

async function serveUpload(
  machines: MachineTable,
  call: ServerReadableStream<UploadRequest, UploadResponse>,
  callback: sendUnaryData<UploadResponse>,
): Promise<void> {
  try {
    const requests = readMessages<UploadRequest>(call);
    const { access, file, exactMode } = await firstMessage<UploadStart>(requests);
    const { machine, signal } = open(machines, access, call);
    if (file === undefined) throw new StatusError(STATUS.invalidArgument, "the upload names no file");
    const content = (async function* () {
      for await (const { message } of requests) if (message?.$case === "chunk") yield message.value;
    })();
    const options = { signal, ...(exactMode === undefined ? {} : { exactMode }) };
    let exactModeSet = false;
    const diagnostics = await attempt(signal, async () => {
      const result = await machine.upload(fromWireFileInfo(file), content, options);
      exactModeSet = result?.isModeSet ?? false;
    });
    callback(null, { diagnostics, exactModeSet });
  } catch (error) {
    callback(toStatus(error));
  }
}

/** Whatever goes wrong, a command of the caller will tell. */
async function serveRemoveFile(
  machines: MachineTable,
  call: ServerUnaryCall<RemoveFileRequest, RemoveFileResponse>,
  callback: sendUnaryData<RemoveFileResponse>,
): Promise<void> {
  try {
    const { machine, signal } = open(machines, call.request.access, call);
    let removed = false;
    await attempt(signal, async () => {
      removed = (await machine.removeFile?.(call.request.path, { signal })) ?? false;
    });
    callback(null, { removed });
  } catch (error) {
    callback(toStatus(error));
  }
}

async function serveDownload(
  machines: MachineTable,
  call: ServerWritableStream<DownloadRequest, DownloadResponse>,
): Promise<void> {
  try {
    const { machine, signal } = open(machines, call.request.access, call);
    const send = (message: NonNullable<DownloadResponse["message"]>): Promise<void> =>
      writeToCall(call, { message }) ?? Promise.resolve();
    const diagnostics = await attempt(signal, async () => {
      const { file, content } = await machine.download(call.request.path, { signal });
      await send({ $case: "file", value: toWireFileInfo(file) });
      for await (const value of chunksOf(content)) {
        throwIfAborted(signal);
        await send({ $case: "chunk", value });
      }
    });
    await send({ $case: "end", value: { diagnostics } });
    call.end();
  } catch (error) {
    endWith(call, error);
  }
}

async function serveUploadDir(
  machines: MachineTable,
  call: ServerReadableStream<UploadDirRequest, UploadDirResponse>,
  callback: sendUnaryData<UploadDirResponse>,
): Promise<void> {
  try {
    const requests = readMessages<UploadDirRequest>(call);
    const { access, destination, source, exclude } = await firstMessage<UploadDirStart>(requests);
    const { machine, signal } = open(machines, access, call);
    const folder = dirDestination(source, destination);
    const entries = receiveEntries(requests);
    const options = { signal, exclude, requested: { source, destination } };
    const diagnostics = await attempt(signal, () =>
      machine.uploadDir === undefined
        ? uploadDirByFiles(machine, folder, entries, options)
        : machine.uploadDir(folder, entries, options),
    );
    callback(null, { diagnostics });
  } catch (error) {
    callback(toStatus(error));
  }
}

async function serveDownloadDir(
  machines: MachineTable,
  call: ServerWritableStream<DownloadDirRequest, DownloadDirResponse>,
): Promise<void> {
  try {
    const { access, source, exclude } = call.request;
    const { machine, signal } = open(machines, access, call);
    const send = (message: NonNullable<DownloadDirResponse["message"]>): Promise<void> =>
      writeToCall(call, { message }) ?? Promise.resolve();
    const diagnostics = await attempt(signal, async () => {
      const options = { signal, exclude };
      const entries = machine.downloadDir?.(source, options) ?? downloadDirByTar(machine, source, options);
      for await (const { message } of sendEntries(entries)) {
        throwIfAborted(signal);
        await send(message);
      }
    });
    await send({ $case: "end", value: { diagnostics } });
    call.end();
  } catch (error) {
    endWith(call, error);
  }
}

/** Runs a transfer and gives the diagnostics of what went wrong on the machine. An abort is thrown on. */
async function attempt(signal: AbortSignal, transfer: () => Promise<unknown>) {
  try {
    await transfer();
    throwIfAborted(signal);
    return [];
  } catch (error) {
    throwIfAborted(signal);
    return diagnosticsOf(error).map(toWireDiagnostic);
  }
}

function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new StatusError(STATUS.cancelled, (signal.reason as Error).message);
}

/** Takes the first message of a stream, which opens the call. */
async function firstMessage<Start>(
  requests: AsyncGenerator<{ message: { $case: string; value: unknown } | undefined }, void, undefined>,
): Promise<Start> {
  const { done, value } = await requests.next();
  if (done === true || value.message?.$case !== "start") {
    throw new StatusError(STATUS.invalidArgument, "the first message of the call must be start");
  }
  return value.message.value as Start; // the case says which
}

function endWith(call: { emit(event: "error", error: unknown): unknown }, error: unknown): void {
  call.emit("error", toStatus(error)); // the way of grpc-js to end a call with a status
}

function toCommandStart({ command, environment, workingDirectory, terminal }: ExecStart): CommandStart {
  if (command === undefined) throw new StatusError(STATUS.invalidArgument, "the call names no command");
  return {
    command: command.$case === "shellCommand" ? command.value : command.value.values,
    env: environment,
    cwd: workingDirectory === "" ? undefined : workingDirectory,
    terminal,
  };
}
