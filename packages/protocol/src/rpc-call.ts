import type { ClientHttp2Stream, IncomingHttpHeaders } from "node:http2";
import { onAbort } from "./on-abort.js";
import type { RpcClient } from "./rpc-connection.js";
import { frameMessage, MessageReader } from "./rpc-message.js";
import { RPC_STATUS, statusIn, statusOfReset, type RpcStatus } from "./rpc-status.js";

/** A call that ended with a status other than OK. `code` is gRPC's status code, `message` what the other side says. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly code: number;
  readonly method: string;

  constructor(method: string, code: number, details: string, options?: ErrorOptions) {
    super(details === "" ? `status ${code}` : details, options);
    this.method = method;
    this.code = code;
  }
}

/** One method of a generated service definition. */
export interface RpcMethod<Request, Response> {
  readonly path: string;
  readonly requestSerialize: (value: Request) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Response;
}

/** An aborted `signal` cancels the call, which then rejects with the signal's reason. Without `timeoutMs` there is no deadline. */
export interface RpcOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

/** How many responses may wait for their reader before the stream is held back. */
const MOST_WAITING = 16;
/** A number of gRPC's timeouts has at most eight digits. */
const LONGEST_TIMEOUT_MS = 99_999_999;

/** A call of any kind, seen from the client. */
export class RpcCall<Request, Response> {
  readonly #method: RpcMethod<Request, Response>;
  readonly #signal: AbortSignal | undefined;
  readonly #stream: ClientHttp2Stream;
  readonly #waiting: Response[] = [];
  readonly #cleanups: (() => void)[] = [];
  /** What the server said at last; counts when all its messages have been taken. */
  #said: RpcStatus | undefined;
  #failure: Error | undefined;
  #status: RpcStatus | undefined;
  #wake = (): void => {};
  #letWritersGo = (): void => {};
  #room: Promise<void> | undefined;

  /** Starts the call. Throws the signal's reason when it is aborted already. */
  constructor(client: RpcClient, method: RpcMethod<Request, Response>, { signal, timeoutMs }: RpcOptions) {
    signal?.throwIfAborted();
    this.#method = method;
    this.#signal = signal;
    const stream = client.request({
      ":method": "POST",
      ":path": method.path,
      ":authority": "localhost",
      ...(timeoutMs === undefined
        ? {}
        : { "grpc-timeout": `${Math.min(Math.max(Math.ceil(timeoutMs), 1), LONGEST_TIMEOUT_MS)}m` }),
      "content-type": "application/grpc",
      te: "trailers",
      "user-agent": "ingot",
    });
    this.#stream = stream;
    this.#cleanups.push(onAbort(signal, () => this.cancel()));
    if (timeoutMs !== undefined) {
      const timer = setTimeout(() => {
        this.cancel({ code: RPC_STATUS.deadlineExceeded, details: `no answer within ${timeoutMs} ms` });
      }, timeoutMs);
      this.#cleanups.push(() => clearTimeout(timer));
    }
    const reader = new MessageReader();
    stream.on("response", (headers) => {
      this.#said = statusIn(headers);
      const status = headers[":status"];
      if (status !== 200) this.#said ??= { code: RPC_STATUS.unknown, details: `HTTP status ${status}` };
    });
    stream.on("trailers", (trailers: IncomingHttpHeaders) => (this.#said = statusIn(trailers) ?? this.#said));
    stream.on("data", (chunk: Buffer) => this.#take(reader, chunk));
    stream.on("end", () => {
      if (this.#said !== undefined) this.#finish(this.#said);
    });
    stream.on("error", (error: Error) => (this.#failure = error));
    stream.on("close", () => this.#finish(this.#said ?? this.#brokenStatus(client)));
    stream.on("drain", () => this.#letWritersGo());
  }

  /** True when the call has its status. */
  get isOver(): boolean {
    return this.#status !== undefined;
  }

  /** Sends a request; gives a promise when there is no room for the next one yet. Does nothing once the call is over. */
  write(request: Request): Promise<void> | undefined {
    if (this.isOver || this.#stream.writableEnded || this.#stream.destroyed) return undefined;
    if (this.#stream.write(frameMessage(this.#method.requestSerialize(request)))) return undefined;
    this.#room ??= new Promise((resolve) => {
      this.#letWritersGo = () => {
        this.#room = undefined;
        this.#letWritersGo = () => {};
        resolve();
      };
    });
    return this.#room;
  }

  /** Ends the requests. */
  end(): void {
    if (!this.#stream.destroyed) this.#stream.end();
  }

  /** Gives the call up. */
  cancel(status: RpcStatus = { code: RPC_STATUS.cancelled, details: "the call was cancelled" }): void {
    this.#finish(status);
  }

  /** Gives the responses, in a loop that may be left early. Throws when the call ends with anything but OK. To be called once. */
  async *responses(): AsyncGenerator<Response, void, undefined> {
    try {
      for (;;) {
        const response = this.#waiting.shift();
        if (this.#waiting.length === 0 && this.#stream.isPaused()) this.#stream.resume();
        if (response !== undefined) yield response;
        else if (this.#status?.code === RPC_STATUS.ok) return;
        else if (this.#status !== undefined) throw this.#error(this.#status);
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.cancel();
    }
  }

  #take(reader: MessageReader, chunk: Buffer): void {
    if (this.isOver) return;
    try {
      for (const bytes of reader.push(chunk)) this.#waiting.push(this.#method.responseDeserialize(bytes));
    } catch (error) {
      this.#finish({ code: RPC_STATUS.internal, details: `a response can't be read: ${(error as Error).message}` });
    }
    if (this.#waiting.length >= MOST_WAITING) this.#stream.pause();
    this.#wake();
  }

  #finish(status: RpcStatus): void {
    if (this.isOver) return;
    this.#status = status;
    for (const cleanup of this.#cleanups) cleanup();
    // What is still to be sent or received interests nobody; a stream that has ended both ways is closed already.
    const NO_ERROR = 0;
    const CANCEL = 8;
    this.#stream.close(this.#said === undefined ? CANCEL : NO_ERROR);
    this.#letWritersGo();
    this.#wake();
  }

  /** The status of a call that ended without one. */
  #brokenStatus(client: RpcClient): RpcStatus {
    if (client.isConnected) return statusOfReset(this.#stream.rstCode);
    return { code: RPC_STATUS.unavailable, details: this.#failure?.message ?? "the connection was closed" };
  }

  /** An abort rejects with its reason, anything else with an RpcError. */
  #error({ code, details }: RpcStatus): Error {
    if (this.#signal?.aborted) return this.#signal.reason as Error; // whatever it is, the caller gets it
    return new RpcError(this.#method.path, code, details, { cause: this.#failure });
  }
}
