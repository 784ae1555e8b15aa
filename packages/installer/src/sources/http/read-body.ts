import { createGunzip } from "node:zlib";
import { InstallError } from "../../install-error.js";
import type { HttpAnswer } from "./http-client.js";
import { urlText } from "./url-text.js";

/** How much is read of answers that are errors: what follows helps nobody. */
const MAX_ERROR_BYTES = 64 << 10;

/**
 * Reads a whole body, unpacked when it is gzip; of an error only the beginning. Rejects with InstallError when it is larger than allowed,
 * else with the system's error.
 */
export async function readBody({ status, body, headers, url }: HttpAnswer, maxBytes: number): Promise<Buffer> {
  const isPacked = headers["content-encoding"] === "gzip";
  const stream = isPacked ? body.pipe(createGunzip()) : body;
  if (isPacked) body.once("error", (error) => stream.destroy(error));
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // Leaving the loop ends the stream; so does the signal, which the request has.
    for await (const chunk of stream) {
      chunks.push(chunk as Buffer);
      size += (chunk as Buffer).length;
      if (status >= 400 && size > MAX_ERROR_BYTES) break;
      if (status < 400 && size > maxBytes) throw tooLarge(url, maxBytes);
    }
  } finally {
    body.destroy();
  }
  return Buffer.concat(chunks);
}

/** Says that an answer is larger than allowed. */
export function tooLarge(url: URL, maxBytes: number): InstallError {
  return new InstallError(`GET ${urlText(url)} is refused: the answer is larger than the allowed ${maxBytes} bytes.`);
}
