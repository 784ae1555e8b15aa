import { once } from "node:events";
import type { DirEntry } from "@ingot/sdk";
import { errorCode, messageOf, OciError } from "../oci-error.js";
import { decodeEntries, encodeEntries, encodeError } from "./entry-frames.js";
import { getFile, getTree, putFile, putTree } from "./root-files.js";

/** What a file agent is asked to do: the first argument after "--file-agent", as JSON. */
export interface FileRequest {
  readonly action: "putFile" | "putTree" | "getFile" | "getTree";
  readonly root: string;
  readonly path: string;
  readonly exclude: readonly string[];
}

/**
 * The body of the small process that copies files to and from a sandbox inside its user namespace, where it may do what
 * root of the image may. Reads entries from standard input or writes them to standard output; errors come as a frame.
 */
export async function runFileAgent(text: string): Promise<void> {
  const request = JSON.parse(text) as FileRequest; // written by FileAgent
  try {
    if (request.action === "putFile" || request.action === "putTree") {
      await put(request);
      await write(encodeEntries(nothing()));
    } else await write(encodeEntries(get(request)));
  } catch (error) {
    await write(one(encodeError(errorCode(error) ?? "transfer", messageOf(error))));
  }
}

async function put({ action, root, path }: FileRequest): Promise<void> {
  const entries = decodeEntries(process.stdin as AsyncIterable<Buffer>); // no encoding is set
  if (action === "putTree") return await putTree(root, path, entries);
  for await (const { content, ...info } of entries) await putFile(root, { ...info, path }, content ?? nothing());
}

async function* get({ action, root, path, exclude }: FileRequest): AsyncGenerator<DirEntry> {
  if (action === "getTree") {
    yield* getTree(root, path, exclude);
    return;
  }
  const { file, content } = await getFile(root, path);
  yield { ...file, content };
}

async function write(chunks: AsyncIterable<Buffer>): Promise<void> {
  for await (const part of chunks) if (!process.stdout.write(part)) await once(process.stdout, "drain");
}

async function* one(chunk: Buffer): AsyncGenerator<Buffer> {
  yield chunk;
}

async function* nothing(): AsyncGenerator<never> {
  // no entries
}

/** Gives the only entry of a stream. */
export async function firstEntry(entries: AsyncGenerator<DirEntry>): Promise<DirEntry> {
  const first = await entries.next();
  if (first.done === true) throw new OciError("transfer", "The transfer broke off.");
  return first.value;
}
