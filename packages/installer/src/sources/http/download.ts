import { open, rm } from "node:fs/promises";
import { messageOf } from "@ingot/diag";
import { InstallError } from "../../install-error.js";
import type { FetchedArchive } from "../../plugin-source.js";
import { systemCodeOf } from "../../system-code.js";
import { isTransient } from "./explain-failure.js";
import { HashingWriter } from "./hashing-writer.js";
import type { HttpAnswer, HttpClient, HttpRequest } from "./http-client.js";
import { tooLarge } from "./read-body.js";
import { receiveBody } from "./receive-body.js";
import { urlText } from "./url-text.js";

export interface Download extends HttpRequest {
  readonly url: URL;
  /** The file to make; it must not exist. */
  readonly file: string;
  readonly maxBytes: number;
  readonly progress?: ((done: number, total: number | undefined) => void) | undefined;
  /** Makes the error for an answer other than 200; undefined: ask again. */
  readonly refuse: (answer: HttpAnswer) => InstallError | Promise<InstallError | undefined>;
}

/**
 * Downloads to a new file of mode 0600 and hashes on the way. When the connection breaks, it goes on from where it was, if the server
 * still has the same. Rejects with InstallError; nothing is left then.
 */
export async function download(client: HttpClient, request: Download): Promise<FetchedArchive> {
  request.signal.throwIfAborted();
  const file = await open(request.file, "wx", 0o600);
  try {
    const writer = new HashingWriter(file);
    await fill(writer, client, request);
    return { size: writer.size, sha256: writer.digest() };
  } catch (error) {
    await file.close();
    await rm(request.file, { force: true });
    request.signal.throwIfAborted();
    if (error instanceof InstallError) throw error;
    const why = systemCodeOf(error) === "ENOSPC" ? "the disk is full" : messageOf(error);
    throw new InstallError(`${request.file} cannot be written: ${why}.`, { cause: error });
  } finally {
    await file.close().catch(() => {}); // closed already
  }
}

async function fill(writer: HashingWriter, client: HttpClient, request: Download): Promise<void> {
  let validator: string | undefined;
  let failures = 0;
  for (;;) {
    const before = writer.size;
    const answer = await ask(client, request, before, validator);
    if (answer.status === 206 && before > 0 && continuesAt(answer, before, validator)) {
      // It goes on.
    } else if (answer.status === 200) {
      if (before > 0) await writer.restart();
    } else {
      // It is another file now, or the server does not do what it said: from the beginning.
      const isOwnFault = before === 0 || (answer.status !== 206 && answer.status !== 416);
      const refusal = isOwnFault ? await request.refuse(answer) : undefined;
      answer.body.destroy();
      if (refusal !== undefined) throw refusal;
      if (!isOwnFault) await writer.restart();
      continue;
    }
    if (answer.status === 200) validator = strongValidator(answer);
    const start = writer.size;
    const total = totalOf(answer, start);
    if (total !== undefined && total > request.maxBytes) {
      answer.body.destroy();
      throw tooLarge(request.url, request.maxBytes);
    }
    try {
      await transfer(answer, writer, { ...request, total });
      return;
    } catch (error) {
      request.signal.throwIfAborted();
      if (error instanceof InstallError || !isTransient(error)) throw error;
      failures = validator !== undefined && writer.size - start >= PROGRESS_BYTES ? 1 : failures + 1;
      const text = client.explain(error, answer.url);
      if (failures >= client.retries.attempts) throw new InstallError(text, { cause: error });
      if (validator === undefined) await writer.restart();
      await client.waitForAttempt(failures + 1, { why: text.replace(/\.$/, "") }, request);
    }
  }
}

async function ask(
  client: HttpClient,
  request: Download,
  done: number,
  validator: string | undefined,
): Promise<HttpAnswer> {
  const range = done > 0 && validator !== undefined ? { range: `bytes=${done}-`, "if-range": validator } : {};
  return await client.get(request.url, {
    ...request,
    headers: { "accept-encoding": "identity", ...request.headers, ...range },
  });
}

/** What tells that the server still has the same bytes; undefined when a part cannot be asked for. */
function strongValidator({ headers }: HttpAnswer): string | undefined {
  const { etag } = headers;
  if (etag !== undefined && !etag.startsWith("W/")) return etag;
  return undefined;
}

function continuesAt({ headers }: HttpAnswer, done: number, validator: string | undefined): boolean {
  const start = /^bytes (\d+)-\d+\/(?:\d+|\*)$/.exec(headers["content-range"] ?? "")?.[1];
  return start !== undefined && Number(start) === done && (headers.etag === undefined || headers.etag === validator);
}

function totalOf({ headers }: HttpAnswer, start: number): number | undefined {
  const length = headers["content-length"];
  return length !== undefined && /^\d{1,15}$/.test(length) ? start + Number(length) : undefined;
}

/** Moves the bytes of a body to the writer, no faster than these can be written. */
async function transfer(
  { body, url }: HttpAnswer,
  writer: HashingWriter,
  { maxBytes, progress, total }: Download & { readonly total: number | undefined },
): Promise<void> {
  let told = writer.size;
  progress?.(told, total);
  const taken = (count: number): Promise<void> | undefined => {
    const busy = writer.taken(count);
    if (writer.size > maxBytes) body.destroy(tooLarge(url, maxBytes));
    if (writer.size - told >= PROGRESS_BYTES) progress?.((told = writer.size), total);
    return busy;
  };
  try {
    await receiveBody(body, { room: () => writer.room(), taken }); // the request has the signal
  } finally {
    body.destroy();
    // What has arrived counts, also when the connection broke.
    await writer.flush();
    progress?.(writer.size, total);
  }
}

const PROGRESS_BYTES = 1 << 20;

/** The error for an answer that is not the file. */
export function unexpectedStatus({ status, url }: HttpAnswer): InstallError {
  return new InstallError(`GET ${urlText(url)} failed: the server answered ${status}.`);
}
