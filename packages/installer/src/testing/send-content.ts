import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Fault } from "./test-server.js";

/** The bytes of a file that a test server offers; a large one is a file on disk. */
export type TestContent = string | Uint8Array | { readonly file: string };

export interface SentContent {
  readonly content: TestContent;
  readonly etag?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly fault?: Fault;
}

/** Answers with the content, or the part of it that the request asks for, as web servers do. */
export async function sendContent(
  request: IncomingMessage,
  response: ServerResponse,
  sent: SentContent,
): Promise<void> {
  const { content, fault = {} } = sent;
  const size = await sizeOf(content);
  const etag = sent.etag ?? (await etagOf(content));
  const headers = { "accept-ranges": "bytes", etag, "content-type": "application/octet-stream", ...sent.headers };
  if (request.headers["if-none-match"] === etag) return void response.writeHead(304, headers).end();
  const wanted = fault.ignoreRange ? undefined : request.headers.range;
  const condition = request.headers["if-range"];
  const start = wanted !== undefined && (condition === undefined || condition === etag) ? startOf(wanted) : 0;
  if (start > 0 && start >= size) return void response.writeHead(416, { "content-range": `bytes */${size}` }).end();
  const end = Math.min(size, start + Math.min(fault.cutAfter ?? size, fault.stallAfter ?? size));
  const range = start > 0 ? { "content-range": `bytes ${start}-${size - 1}/${size}` } : {};
  response.writeHead(start > 0 ? 206 : 200, { ...headers, ...range, "content-length": String(size - start) });
  if (request.method === "HEAD") return void response.end();
  const isWhole = end === size;
  await pipeline(bytesOf(content, start, end), response, { end: isWhole }).catch(() => {}); // the client may go away
  if (!isWhole && fault.cutAfter !== undefined) await endOfBuffer(response);
  if (!isWhole && fault.cutAfter !== undefined) response.destroy();
}

/** Waits until what was written is on its way, so that the client gets it before the connection ends. */
async function endOfBuffer(response: ServerResponse): Promise<void> {
  if (response.writableNeedDrain) await new Promise<void>((resolve) => response.once("drain", resolve));
  await new Promise((resolve) => setTimeout(resolve, 20));
}

function startOf(range: string): number {
  return Number(/^bytes=(\d+)-/.exec(range)?.[1] ?? 0);
}

/** The size in bytes. */
export async function sizeOf(content: TestContent): Promise<number> {
  if (typeof content === "string") return Buffer.byteLength(content);
  return "file" in content ? (await stat(content.file)).size : content.length;
}

/** Of files the name, the size and the time; of others the hash. */
async function etagOf(content: TestContent): Promise<string> {
  const hash = createHash("sha256");
  if (typeof content === "string" || !("file" in content))
    return `"${hash.update(content).digest("hex").slice(0, 32)}"`;
  const { size, mtimeMs } = await stat(content.file);
  return `"${hash.update(`${content.file} ${size} ${mtimeMs}`).digest("hex").slice(0, 32)}"`;
}

/** SHA-256 in hex. */
export async function sha256Of(content: TestContent): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of bytesOf(content, 0, Infinity)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}

function bytesOf(content: TestContent, start: number, end: number): Readable {
  if (typeof content === "object" && "file" in content) {
    return end <= start
      ? Readable.from([])
      : createReadStream(content.file, { start, end: end - 1, highWaterMark: 1 << 20 });
  }
  return Readable.from([
    Buffer.from(typeof content === "string" ? Buffer.from(content) : content).subarray(start, end),
  ]);
}
