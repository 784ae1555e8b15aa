import { expect } from "@jest/globals";
import {
  CommunicatorServiceService,
  type DownloadDirResponse,
  type ExecExit,
  type ExecResponse,
  type ExecStart,
  type FileInfo,
  type UploadDirRequest,
} from "../gen/ingot/plugin/v1/communicator.js";
import type { Diagnostic } from "../gen/ingot/plugin/v1/diagnostic.js";
import type { CommunicatorRef } from "../gen/ingot/plugin/v1/session.js";
import type { PluginDriver } from "./plugin-driver.js";

/** Runs a command on the machine, through the driver's own connection. */
export function exec(go: PluginDriver, machine: CommunicatorRef, start: Partial<ExecStart>) {
  const call = go.open(CommunicatorServiceService.exec);
  const access = { handle: machine.handle, token: machine.token };
  const full: ExecStart = {
    access,
    command: undefined,
    environment: {},
    workingDirectory: "",
    terminal: undefined,
    withStdin: false,
    ...start,
  };
  let exit: ExecExit | undefined;
  let failure: Error | undefined;
  let wake = () => {};
  const state = {
    call,
    stdout: "",
    async until(condition: () => boolean): Promise<void> {
      while (!condition()) {
        if (failure) throw failure;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    async exit(): Promise<ExecExit> {
      await state.until(() => exit !== undefined);
      return exit as ExecExit;
    },
  };
  call.on("data", ({ message }: ExecResponse) => {
    if (message?.$case === "stdout") state.stdout += message.value.toString();
    if (message?.$case === "exit") exit = message.value;
    wake();
  });
  call.on("error", (error: Error) => {
    failure = error;
    wake();
  });
  call.write({ message: { $case: "start", value: full } });
  return state;
}

export function entry(path: string, more: Partial<FileInfo> = {}): FileInfo {
  return { kind: 1, path, linkTarget: "", ...more };
}

export async function uploadDir(
  go: PluginDriver,
  messages: readonly NonNullable<UploadDirRequest["message"]>[],
): Promise<readonly Diagnostic[]> {
  const method = CommunicatorServiceService.uploadDir;
  return await new Promise((resolve, reject) => {
    const call = go.client.makeClientStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      (error, response) => (error ? reject(error) : resolve(response?.diagnostics ?? [])),
    );
    for (const message of messages) call.write({ message });
    call.end();
  });
}

export async function downloadDir(
  go: PluginDriver,
  access: { readonly handle: string; readonly token: string },
  source: string,
): Promise<{ info: FileInfo; bytes: number }[]> {
  const method = CommunicatorServiceService.downloadDir;
  const call = go.client.makeServerStreamRequest(method.path, method.requestSerialize, method.responseDeserialize, {
    access,
    source,
    exclude: [],
  });
  const entries: { info: FileInfo; bytes: number }[] = [];
  for await (const { message } of call as AsyncIterable<DownloadDirResponse>) {
    if (message?.$case === "entry") entries.push({ info: message.value, bytes: 0 });
    if (message?.$case === "chunk") (entries.at(-1) as { bytes: number }).bytes += message.value.length;
    if (message?.$case === "end") expect(message.value.diagnostics).toEqual([]);
  }
  return entries.sort((a, b) => (a.info.path < b.info.path ? -1 : 1));
}
