import type { ServerHttp2Stream } from "node:http2";
import { Duplex } from "node:stream";
import type { MethodDefinition, UntypedHandleCall } from "@grpc/grpc-js";
import { frameMessage, MessageReader } from "./rpc-message.js";
import { RPC_STATUS, statusTrailers, type RpcStatus } from "./rpc-status.js";

/** A method and what serves it. */
export interface ServedMethod {
  readonly definition: MethodDefinition<unknown, unknown>;
  readonly handler: UntypedHandleCall;
}

const HEADERS = { ":status": 200, "content-type": "application/grpc" };

/**
 * Serves one call, in the way of grpc-js: handlers get a stream of messages, and a callback where they give one response. With `timeoutMs`
 * the call is cancelled when that is over.
 */
export function serveCall(
  stream: ServerHttp2Stream,
  { definition, handler }: ServedMethod,
  timeoutMs: number | undefined,
): void {
  const call = new ServerCall(stream, definition, timeoutMs);
  const respond = (error: Partial<RpcStatus> | null, response?: unknown): void => {
    if (error === null) call.end(response);
    else call.emit("error", error);
  };
  // The handler is of the kind that the definition tells.
  const handle = handler as (call: unknown, respond?: unknown) => void;
  if (definition.requestStream) {
    handle(call, definition.responseStream ? undefined : respond);
    return;
  }
  call.once("data", (request: unknown) => {
    call.request = request;
    handle(call, definition.responseStream ? undefined : respond);
  });
  call.once("end", () => {
    if (call.request === undefined) respond({ code: RPC_STATUS.internal, details: "the call came without a request" });
  });
}

/** Answers a call that nobody serves. */
export function refuseCall(stream: ServerHttp2Stream, status: RpcStatus): void {
  stream.on("error", () => {}); // the caller has gone
  stream.respond({ ...HEADERS, ...statusTrailers(status) }, { endStream: true });
  stream.resume();
}

/** A call on the server's side: reading gives requests, writing sends responses, ending it sends the status OK. */
class ServerCall extends Duplex {
  /** The request, of methods that take one. */
  request: unknown;
  /** True when the caller has given it up, or is gone. */
  cancelled = false;
  readonly #stream: ServerHttp2Stream;
  readonly #definition: MethodDefinition<unknown, unknown>;
  readonly #timer: NodeJS.Timeout | undefined;
  #status: RpcStatus = { code: RPC_STATUS.ok, details: "" };
  #isFinished = false;

  constructor(
    stream: ServerHttp2Stream,
    definition: MethodDefinition<unknown, unknown>,
    timeoutMs: number | undefined,
  ) {
    super({ objectMode: true });
    this.#stream = stream;
    this.#definition = definition;
    if (timeoutMs !== undefined) this.#timer = setTimeout(() => this.#expire(), timeoutMs);
    const reader = new MessageReader();
    stream.on("data", (chunk: Buffer) => this.#take(reader, chunk));
    stream.on("end", () => this.push(null));
    stream.on("error", () => {}); // the end of it tells
    stream.on("close", () => this.#onClose());
    stream.on("wantTrailers", () => stream.sendTrailers(statusTrailers(this.#status)));
    // Whoever reports an error ends the call with it, after what was written before.
    this.on("error", (error: Partial<RpcStatus & Error>) => {
      if (this.#isFinished) return;
      this.#status = statusOf(error);
      if (this.destroyed) this.#finish();
      else this.end();
    });
  }

  override _read(): void {
    this.#stream.resume();
  }

  override _write(message: unknown, _: BufferEncoding, done: () => void): void {
    if (!this.#isOpen || this.#isFinished) return done();
    this.#sendHeaders();
    this.#stream.write(frameMessage(this.#definition.responseSerialize(message)), done);
  }

  override _final(done: () => void): void {
    this.#finish();
    done();
  }

  /** False when the caller has reset the stream, or is gone: then nothing can be sent. */
  get #isOpen(): boolean {
    return !this.#stream.closed && !this.#stream.destroyed;
  }

  #take(reader: MessageReader, chunk: Buffer): void {
    try {
      for (const bytes of reader.push(chunk))
        if (!this.push(this.#definition.requestDeserialize(bytes))) this.#stream.pause();
    } catch (error) {
      this.emit("error", {
        code: RPC_STATUS.internal,
        details: `a request can't be read: ${(error as Error).message}`,
      });
    }
  }

  #sendHeaders(): void {
    if (!this.#stream.headersSent) this.#stream.respond(HEADERS, { waitForTrailers: true });
  }

  /** Sends the status, after what was written before. */
  #finish(): void {
    if (this.#isFinished || !this.#isOpen) return;
    this.#isFinished = true;
    if (this.#stream.headersSent) this.#stream.end();
    else this.#stream.respond({ ...HEADERS, ...statusTrailers(this.#status) }, { endStream: true });
    // Requests that come now interest nobody; the stream ends when the caller has ended them.
    this.#stream.resume();
  }

  /** The caller waits no longer. */
  #expire(): void {
    if (this.#isFinished) return;
    this.#status = { code: RPC_STATUS.deadlineExceeded, details: "the deadline of the call is over" };
    this.#finish();
    this.#cancel();
  }

  #cancel(): void {
    this.cancelled = true;
    this.emit("cancelled", "cancelled");
  }

  #onClose(): void {
    clearTimeout(this.#timer);
    if (!this.#isFinished) this.#cancel();
    this.destroy();
  }
}

/** What an error says; without a status it is a defect. */
function statusOf({ code, details, message }: Partial<RpcStatus & Error>): RpcStatus {
  return { code: typeof code === "number" ? code : RPC_STATUS.unknown, details: details ?? message ?? "" };
}
