import type { Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readFile, rename, rm, stat, writeFile, type FileHandle } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeFolders } from "@ingot/files";
import { messageOf } from "@ingot/diag";
import { parseDuration } from "../../duration.js";
import type { PartContext } from "../part-context.js";
import { ChecksumError, startHash, type Checksum } from "./checksum.js";
import { requestHttp, type HttpRequest } from "./http-request.js";

/** What an HTTP download needs of a session. */
export type HttpContext = Pick<PartContext, "signal" | "log" | "progress" | "secrets" | "build">;

/** How patient a download is. */
export interface Patience {
  /** How many times in a row it may fail without getting anything. Default 5. */
  readonly tries?: number | undefined;
  /** The pause after the first failure; it doubles from failure to failure, up to half a minute. Default 1 second. */
  readonly retryDelayMs?: number | undefined;
  /** How long nothing may arrive. Default: PACKER_GETTER_READ_TIMEOUT, otherwise one minute. */
  readonly idleMs?: number | undefined;
}

/** What to download. */
export interface HttpDownload extends Patience {
  readonly url: URL;
  readonly target: string;
  readonly checksum: Checksum | undefined;
  /** What the progress is of. */
  readonly label: string;
}

const MAX_DELAY_MS = 30_000;

/** An answer with a status that is no success. */
class StatusError extends Error {
  override readonly name = "StatusError";
  readonly isFinal: boolean;
  readonly retryAfterMs: number;

  constructor({ statusCode = 0, headers }: IncomingMessage) {
    super(`bad response code: ${statusCode}`);
    this.isFinal = statusCode < 500 && statusCode !== 408 && statusCode !== 429;
    this.retryAfterMs = Math.min(MAX_DELAY_MS, Number(headers["retry-after"] ?? 0) * 1_000) || 0;
  }
}

/**
 * Downloads a file. It grows beside its target with the suffix `.part`, which survives failures, so that a later download goes on
 * from there; when it is complete and has its checksum it takes its name. Rejects with ChecksumError, with an Error that tells the
 * last failure, or with the signal's reason. The caller makes sure that nobody else downloads to the same target.
 */
export async function downloadHttp(download: HttpDownload, context: HttpContext): Promise<void> {
  const { signal, log } = context;
  await makeFolders(dirname(download.target));
  await using part = await PartFile.open(download, context);
  const { tries = 5, retryDelayMs = 1_000 } = download;
  for (let failures = 0; ;) {
    const before = part.position;
    try {
      await receive(part, download, context);
      if (await part.isRight()) return await part.complete();
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ChecksumError || (error instanceof StatusError && error.isFinal)) throw error;
      failures = part.position > before ? 1 : failures + 1;
      if (failures >= tries) throw error;
      const retryAfterMs = error instanceof StatusError ? error.retryAfterMs : 0;
      const delayMs = Math.max(retryAfterMs, Math.min(MAX_DELAY_MS, retryDelayMs * 2 ** (failures - 1)));
      log.warn("download failed, trying again", { problem: messageOf(error), failures, delayMs, have: part.position });
      await sleep(delayMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

/** Gets what is missing of the file. */
async function receive(part: PartFile, { url, label, idleMs }: HttpDownload, context: HttpContext): Promise<void> {
  const response = await requestHttp(url, { ...requestOptions(context, idleMs), headers: part.rangeHeaders() });
  try {
    const { statusCode = 0, headers } = response;
    const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(headers["content-range"] ?? "");
    if (statusCode === 416 && part.position > 0) {
      if (range?.[2] === String(part.position)) return; // it was complete
      await part.restart();
      throw new Error("the server does not have the rest of the file");
    }
    if (statusCode === 206 && range?.[1] !== String(part.position)) {
      await part.restart();
      throw new Error("the server sent another part of the file than it was asked for");
    }
    if (statusCode !== 200 && statusCode !== 206) throw new StatusError(response);
    if (statusCode === 200 && part.position > 0) await part.restart();
    if (statusCode === 206 && part.isOfAnother(response)) {
      await part.restart();
      throw new Error("the file on the server has changed");
    }
    await part.remember(response);
    const length = Number(headers["content-length"] ?? NaN);
    const total = statusCode === 206 ? Number(range?.[2]) : length;
    const progress = context.progress(label, { unit: "bytes", ...(total > 0 && { total }) });
    try {
      for await (const chunk of response) {
        await part.append(chunk as Buffer);
        progress.update(part.position);
      }
    } catch (error) {
      if (messageOf(error) !== "aborted") throw error;
      const size = Number.isNaN(total) ? "" : ` of ${total}`;
      throw new Error(`the connection was closed after ${part.position} bytes${size}`, { cause: error });
    } finally {
      progress.finish();
    }
    if (!Number.isNaN(total) && part.position !== total) {
      throw new Error(`got ${part.position} bytes of ${total}`);
    }
  } finally {
    response.destroy();
  }
}

/** Tells by a HEAD request whether a file is still what a server has, as far as length and time tell. */
export async function isUpToDate(url: URL, path: string, context: HttpContext): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return false;
  const response = await requestHttp(url, { ...requestOptions(context), method: "HEAD" }).catch(() => undefined);
  context.signal.throwIfAborted();
  if (response === undefined) return false;
  response.destroy();
  const { "content-length": length, "last-modified": modified = "" } = response.headers;
  return response.statusCode === 200 && Number(length) === found.size && !(Date.parse(modified) > found.mtimeMs);
}

/** Options of requests that belong to a session. */
export function requestOptions(
  { signal, secrets, build }: Pick<HttpContext, "signal" | "build"> & Partial<Pick<HttpContext, "secrets">>,
  idleMs: number = idleLimitMs(),
): HttpRequest {
  const userAgent = `Ingot/${build.hostVersion} (${process.platform}/${process.arch})`;
  return { method: "GET", signal, idleMs, userAgent, ...(secrets && { secrets }) };
}

function idleLimitMs(): number {
  try {
    return parseDuration(process.env["PACKER_GETTER_READ_TIMEOUT"] ?? "1m");
  } catch {
    return 60_000;
  }
}

interface Validators {
  readonly url: string;
  readonly etag?: string | undefined;
  readonly modified?: string | undefined;
}

/** A file that grows, with its checksum so far. Beside it is what tells whether the server still has the same file. */
class PartFile implements AsyncDisposable {
  readonly #download: HttpDownload;
  readonly #path: string;
  readonly #file: FileHandle;
  #validators: Validators | undefined;
  #hash: Hash | undefined;
  #position = 0;
  /** It was not got in one go: the pieces may be those of different files. */
  #isPieced = false;
  #mismatches = 0;

  private constructor(download: HttpDownload, path: string, file: FileHandle) {
    this.#download = download;
    this.#path = path;
    this.#file = file;
    this.#startHash();
  }

  static async open(download: HttpDownload, { signal }: Pick<HttpContext, "signal">): Promise<PartFile> {
    const path = `${download.target}.part`;
    const file = await open(path, "a+", 0o644);
    const part = new PartFile(download, path, file);
    try {
      await part.#goOn(signal);
      return part;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** How many bytes there are. */
  get position(): number {
    return this.#position;
  }

  /** Asks for the rest. Without a validator of the server, only a checksum can tell that the pieces belong together. */
  rangeHeaders(): Readonly<Record<string, string>> {
    if (this.#position === 0 || !this.#canResume()) return {};
    const condition = this.#validators?.etag ?? this.#validators?.modified;
    return { range: `bytes=${this.#position}-`, ...(condition !== undefined && { "if-range": condition }) };
  }

  /** Tells whether the server has another file now, for servers that don't look at the condition of a range. */
  isOfAnother({ headers }: IncomingMessage): boolean {
    const { etag, modified } = this.#validators ?? {};
    if (etag !== undefined) return headers.etag !== undefined && headers.etag !== etag;
    return modified !== undefined && headers["last-modified"] !== undefined && headers["last-modified"] !== modified;
  }

  async append(chunk: Buffer): Promise<void> {
    this.#hash?.update(chunk);
    await this.#file.appendFile(chunk);
    this.#position += chunk.length;
  }

  async restart(): Promise<void> {
    await this.#file.truncate(0);
    this.#position = 0;
    this.#isPieced = false;
    this.#startHash();
  }

  /** Keeps what tells the server's file from a later one of the same URL. */
  async remember({ headers }: IncomingMessage): Promise<void> {
    const { etag } = headers;
    const strong = etag?.startsWith("W/") === true ? undefined : etag;
    this.#validators = { url: idOf(this.#download.url), etag: strong, modified: headers["last-modified"] };
    await writeFile(`${this.#path}.json`, JSON.stringify(this.#validators));
    if (this.#position > 0) this.#isPieced = true;
  }

  /** Tells whether the complete file has its checksum. A wrong one that was got in pieces is started anew, once: false. */
  async isRight(): Promise<boolean> {
    const { checksum, target } = this.#download;
    const got = this.#hash?.digest("hex");
    if (checksum === undefined || got === checksum.hex) return true;
    const mayBeMixed = this.#isPieced && ++this.#mismatches === 1;
    await this.restart();
    if (mayBeMixed) return false;
    await this.#remove();
    throw new ChecksumError(target, checksum, got ?? "");
  }

  async complete(): Promise<void> {
    await this.#file.datasync();
    await rename(this.#path, this.#download.target);
    await rm(`${this.#path}.json`, { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
    if (this.#position === 0) await this.#remove();
  }

  async #remove(): Promise<void> {
    await Promise.all([this.#path, `${this.#path}.json`].map((path) => rm(path, { force: true })));
  }

  /** Takes over what an earlier run has left. */
  async #goOn(signal: AbortSignal): Promise<void> {
    const { size } = await this.#file.stat();
    if (size === 0) return;
    const text = await readFile(`${this.#path}.json`, "utf8").catch(() => "{}");
    try {
      this.#validators = JSON.parse(text) as Validators;
    } catch {
      // damaged: as good as none
    }
    if (!this.#canResume()) return this.restart();
    if (this.#hash !== undefined) {
      for await (const chunk of createReadStream(this.#path, { signal, highWaterMark: 1024 * 1024, end: size - 1 })) {
        this.#hash.update(chunk as Buffer);
      }
    }
    this.#position = size;
    this.#isPieced = true;
  }

  #canResume(): boolean {
    if (this.#download.checksum !== undefined) return true;
    const { url, etag, modified } = this.#validators ?? { url: "" };
    return url === idOf(this.#download.url) && (etag !== undefined || modified !== undefined);
  }

  #startHash(): void {
    this.#hash = this.#download.checksum && startHash(this.#download.checksum);
  }
}

/** A URL without its login. */
function idOf(url: URL): string {
  const bare = new URL(url);
  [bare.username, bare.password, bare.hash] = ["", "", ""];
  return bare.href;
}
