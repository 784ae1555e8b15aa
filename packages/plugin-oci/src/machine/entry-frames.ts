import type { DirEntry, FileInfo } from "@ingot/sdk";
import { OciError } from "../oci-error.js";
import { ByteSource } from "../tar/byte-source.js";

const kinds = { entry: 1, data: 2, end: 3, error: 4 } as const;

/** Writes entries and their content as frames: a kind (1 byte), a length (4 bytes), and that many bytes. */
export async function* encodeEntries(entries: AsyncIterable<DirEntry>): AsyncGenerator<Buffer> {
  for await (const { content, ...info } of entries) {
    yield frame(kinds.entry, Buffer.from(JSON.stringify(info)));
    for await (const part of content ?? []) yield frame(kinds.data, part);
  }
  yield frame(kinds.end, Buffer.alloc(0));
}

/** Writes an error as the last frame. */
export function encodeError(code: string, message: string): Buffer {
  return frame(kinds.error, Buffer.from(JSON.stringify({ code, message })));
}

/** Reads entries from frames. Rejects with the OciError that the other side sent. The content of an entry comes before the next. */
export async function* decodeEntries(chunks: AsyncIterable<Buffer>): AsyncGenerator<DirEntry> {
  const source = new ByteSource(chunks);
  try {
    let next = await readFrame(source);
    while (next.kind === kinds.entry) {
      const info = JSON.parse(next.body.toString("utf8")) as FileInfo; // written by encodeEntries
      next = await readFrame(source);
      const content = async function* (): AsyncGenerator<Uint8Array> {
        while (next.kind === kinds.data) {
          yield next.body;
          next = await readFrame(source);
        }
      };
      yield { ...info, content: content() };
      while (next.kind === kinds.data) next = await readFrame(source); // what the reader left
    }
    if (next.kind !== kinds.end) throw new OciError("transfer", "The transfer broke off.");
    await source.drain();
  } finally {
    await source.close();
  }
}

async function readFrame(source: ByteSource): Promise<{ readonly kind: number; readonly body: Buffer }> {
  const head = await source.read(5);
  if (head.length < 5) return { kind: 0, body: head };
  const kind = head.readUInt8(0);
  const body = await source.read(head.readUInt32BE(1));
  if (kind !== kinds.error) return { kind, body };
  const { code, message } = JSON.parse(body.toString("utf8")) as { code: string; message: string }; // by encodeError
  throw new OciError(code, message);
}

function frame(kind: number, body: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(kind, 0);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}
