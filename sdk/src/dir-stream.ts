import type { FileInfo as WireFileInfo, TransferEnd } from "@ingot/protocol";
import { chunksOf } from "./chunks.js";
import { fromWireFileInfo, toWireFileInfo } from "./file-info-wire.js";
import { LocalContent } from "./local-content.js";
import type { DirEntry } from "./machine.js";

type EntryMessage =
  { readonly $case: "entry"; readonly value: WireFileInfo } | { readonly $case: "chunk"; readonly value: Buffer };

/** A file of at most this size is read at once. */
const SMALL_BYTES = 32 * 1024;

/** Writes entries as messages: each entry, followed by the chunks of its content. */
export async function* sendEntries(
  entries: AsyncIterable<DirEntry>,
  onProgress?: (bytes: number) => void,
): AsyncGenerator<
  { message: { $case: "entry"; value: WireFileInfo } | { $case: "chunk"; value: Buffer } },
  void,
  undefined
> {
  let sent = 0;
  for await (const { content, ...file } of entries) {
    yield { message: { $case: "entry", value: toWireFileInfo(file) } };
    if (content === undefined) continue;
    const small =
      content instanceof LocalContent && (file.size ?? Infinity) <= SMALL_BYTES
        ? content.readSmall(SMALL_BYTES)
        : undefined;
    for await (const value of chunksOf(small === undefined ? content : [small])) {
      yield { message: { $case: "chunk", value } };
      sent += value.length;
      onProgress?.(sent);
    }
  }
}

/**
 * Reads entries from messages. The content of a file must be read, or left, before the next entry is asked for; what was not
 * read of it is skipped.
 */
export async function* receiveEntries(
  messages: AsyncIterable<{
    readonly message: EntryMessage | { readonly $case: string; readonly value: unknown } | undefined;
  }>,
  options: { readonly onEnd?: (end: TransferEnd) => void; readonly onProgress?: (bytes: number) => void } = {},
): AsyncGenerator<DirEntry, void, undefined> {
  const iterator = messages[Symbol.asyncIterator]();
  let received = 0;
  let pending: WireFileInfo | undefined;
  let isOver = false;
  /** Gives the next chunk of the current file; undefined at its end. */
  const nextChunk = async (): Promise<Buffer | undefined> => {
    while (!isOver && pending === undefined) {
      const next = await iterator.next();
      if (next.done === true) {
        isOver = true;
        return undefined;
      }
      const { message } = next.value;
      if (message?.$case === "chunk") {
        const chunk = message.value as Buffer;
        received += chunk.length;
        options.onProgress?.(received);
        return chunk;
      } else if (message?.$case === "entry") pending = message.value as WireFileInfo;
      else if (message?.$case === "end") options.onEnd?.(message.value as TransferEnd);
    }
    return undefined;
  };
  const content = async function* (): AsyncGenerator<Buffer, void, undefined> {
    for (let chunk = await nextChunk(); chunk !== undefined; chunk = await nextChunk()) yield chunk;
  };
  try {
    for (;;) {
      while ((await nextChunk()) !== undefined); // skips what nobody read
      if (pending === undefined) return;
      const file = fromWireFileInfo(pending);
      pending = undefined;
      yield file.kind === "file" ? { ...file, content: content() } : file;
    }
  } finally {
    await iterator.return?.();
  }
}
