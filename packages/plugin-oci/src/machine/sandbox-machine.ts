import type { DirEntry, Machine } from "@ingot/sdk";
import type { IdSpace } from "../sandbox/id-space.js";
import { streamTool } from "../sandbox/run-tool.js";
import type { Sandbox } from "../sandbox/start-sandbox.js";
import { decodeEntries, encodeEntries } from "./entry-frames.js";
import { firstEntry, type FileRequest } from "./file-agent.js";
import { getFile, getTree, putFile, putTree } from "./root-files.js";
import { sandboxExec } from "./sandbox-exec.js";

/** What the machine is made of. */
export interface SandboxMachineOptions {
  readonly sandbox: Sandbox;
  readonly ids: IdSpace;
  /** The image's own variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** The command that starts this plugin's file agent; a FileRequest is added to it. */
  readonly fileAgent: readonly string[];
}

/** Gives the sandbox as a machine for provisioners: commands run in it as root, files never leave its root. */
export function sandboxMachine({ sandbox, ids, environment, fileAgent }: SandboxMachineOptions): Machine {
  const exec: Machine["exec"] = (start, io) => sandboxExec({ sandbox, ids, environment }, start, io);
  const { root } = sandbox;
  if (ids.mode === "host") {
    return {
      type: "oci",
      exec,
      upload: (file, content) => putFile(root, file, content),
      download: (path) => getFile(root, path),
      uploadDir: (destination, entries, { exclude }) => putTree(root, destination, leaveOut(entries, exclude)),
      downloadDir: (source, { exclude }) => getTree(root, source, exclude),
    };
  }
  // Outside the user namespace we are an ordinary user, who may not touch what belongs to the image's other users.
  const agent = (request: Omit<FileRequest, "root">, signal: AbortSignal, entries?: AsyncIterable<DirEntry>) =>
    decodeEntries(
      streamTool([...ids.prefix, ...fileAgent, JSON.stringify({ ...request, root })], {
        signal,
        ...(entries === undefined ? {} : { stdin: encodeEntries(entries) }),
      }),
    );
  return {
    type: "oci",
    exec,
    upload: async (file, content, { signal }) => {
      const request = { action: "putFile", path: file.path, exclude: [] } as const;
      for await (const entry of agent(request, signal, single({ ...file, content }))) void entry; // only errors can come
    },
    download: async (path, { signal }) => {
      const entries = agent({ action: "getFile", path, exclude: [] }, signal);
      const { content, ...file } = await firstEntry(entries);
      return { file, content: withEnd(content, entries) };
    },
    uploadDir: async (destination, entries, { exclude, signal }) => {
      const request = { action: "putTree", path: destination, exclude: [] } as const;
      for await (const entry of agent(request, signal, leaveOut(entries, exclude))) void entry; // only errors can come
    },
    downloadDir: (source, { exclude, signal }) => agent({ action: "getTree", path: source, exclude }, signal),
  };
}

/** Reads the content, then the rest of the stream, so that an error at the end is heard. */
async function* withEnd(
  content: AsyncIterable<Uint8Array> | undefined,
  entries: AsyncGenerator<DirEntry>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* content ?? [];
    await entries.next();
  } finally {
    await entries.return(undefined);
  }
}

async function* leaveOut(entries: AsyncIterable<DirEntry>, exclude: readonly string[]): AsyncGenerator<DirEntry> {
  const isExcluded = (path: string): boolean => exclude.some((item) => path === item || path.startsWith(`${item}/`));
  for await (const entry of entries) if (!isExcluded(entry.path)) yield entry;
}

async function* single(entry: DirEntry): AsyncGenerator<DirEntry> {
  yield entry;
}
