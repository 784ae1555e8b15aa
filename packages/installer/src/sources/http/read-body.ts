import { once } from "node:events";
import { createGunzip } from "node:zlib";
import { InstallError } from "../../install-error.js";
import type { HttpAnswer } from "./http-client.js";
import { urlText } from "./url-text.js";

export interface ReadLimits {
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** Reads a whole body, unpacked when it is gzip. Rejects with InstallError when it is larger than allowed, else with the system's error. */
export async function readBody({ body, headers, url }: HttpAnswer, { maxBytes, signal }: ReadLimits): Promise<Buffer> {
  const isPacked = headers["content-encoding"] === "gzip";
  const stream = isPacked ? body.pipe(createGunzip()) : body;
  if (isPacked) body.once("error", (error) => stream.destroy(error));
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on("data", (chunk: Buffer) => {
    size += chunk.length;
    chunks.push(chunk);
    if (size > maxBytes) stream.destroy(tooLarge(url, maxBytes));
  });
  try {
    await once(stream, "end", { signal });
  } finally {
    body.destroy();
  }
  return Buffer.concat(chunks);
}

/** Says that an answer is larger than allowed. */
export function tooLarge(url: URL, maxBytes: number): InstallError {
  return new InstallError(`GET ${urlText(url)} is refused: the answer is larger than the allowed ${maxBytes} bytes.`);
}
