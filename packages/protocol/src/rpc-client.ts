import type { CallOptions as GrpcCallOptions, Client, ClientDuplexStream, ClientReadableStream } from "@grpc/grpc-js";
import { CHANNEL_OPTIONS, FLOW_CONTROL_WINDOW } from "./handshake.js";
import { loadGrpc } from "./load-grpc.js";
import { onAbort } from "./on-abort.js";
import { readMessages, writeMessage } from "./rpc-stream.js";

/** The status codes of gRPC that callers tell apart. */
export const RPC_STATUS = {
  cancelled: 1,
  unknown: 2,
  deadlineExceeded: 4,
  permissionDenied: 7,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
} as const;

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

/** Certificates in PEM. Only `serverCertificate` is trusted, for the name "localhost". */
export interface ClientTls {
  readonly serverCertificate: string;
  readonly clientCertificate?: string;
  readonly clientKey?: string;
}

/** A connection to one server. Close it with `close()`. */
export type RpcClient = Client;

/** Loads gRPC, which takes a while, so that a later `openClient` is quick. */
export async function loadRpc(): Promise<void> {
  await loadGrpc();
}

/**
 * Opens a client for an endpoint in the protocol's form: "unix:/path" or "tcp:host:port". Loads gRPC on first use. Connecting
 * happens with the first call; a server that isn't there shows up as an RpcError "unavailable" of that call.
 */
export async function openClient(endpoint: string, tls?: ClientTls): Promise<RpcClient> {
  const { Client, credentials } = await loadGrpc();
  const target = endpoint.startsWith("tcp:") ? endpoint.slice("tcp:".length) : endpoint;
  const security =
    tls === undefined
      ? credentials.createInsecure()
      : credentials.createSsl(
          Buffer.from(tls.serverCertificate),
          tls.clientKey === undefined ? null : Buffer.from(tls.clientKey),
          tls.clientCertificate === undefined ? null : Buffer.from(tls.clientCertificate),
        );
  return new Client(target, security, {
    ...CHANNEL_OPTIONS,
    "grpc-node.flow_control_window": FLOW_CONTROL_WINDOW,
    "grpc.default_authority": "localhost",
    ...(tls === undefined ? {} : { "grpc.ssl_target_name_override": "localhost" }),
    "grpc.enable_http_proxy": 0, // the peer is on this machine
    "grpc.enable_retries": 0,
    "grpc.service_config_disable_resolution": 1,
    "grpc.use_local_subchannel_pool": 1,
    "grpc.initial_reconnect_backoff_ms": 100,
  });
}

/** Calls a method with one request and one response. */
export function unary<Request, Response>(
  client: RpcClient,
  method: RpcMethod<Request, Response>,
  request: Request,
  options: RpcOptions = {},
): Promise<Response> {
  const { signal } = options;
  return new Promise<Response>((resolve, reject) => {
    signal?.throwIfAborted();
    const call = client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      grpcOptions(options),
      (error, response) => {
        stopListening();
        if (error === null) resolve(response as Response);
        else reject(callError(method.path, error, signal));
      },
    );
    const stopListening = onAbort(signal, () => call.cancel());
  });
}

/** Calls a method with one request and a stream of responses. Whoever leaves the loop early cancels the call. */
export async function* serverStream<Request, Response>(
  client: RpcClient,
  method: RpcMethod<Request, Response>,
  request: Request,
  options: RpcOptions = {},
): AsyncGenerator<Response, void, undefined> {
  options.signal?.throwIfAborted();
  const call: ClientReadableStream<Response> = client.makeServerStreamRequest(
    method.path,
    method.requestSerialize,
    method.responseDeserialize,
    request,
    grpcOptions(options),
  );
  yield* receive(method.path, call, options.signal);
}

/**
 * Calls a method with a stream of requests and one response. Takes the next request only when the last one is on its way. A
 * response that comes before the last request ends the sending.
 */
export async function clientStream<Request, Response>(
  client: RpcClient,
  method: RpcMethod<Request, Response>,
  requests: AsyncIterable<Request> | Iterable<Request>,
  options: RpcOptions = {},
): Promise<Response> {
  const { signal } = options;
  signal?.throwIfAborted();
  let isDone = false;
  let stopListening = () => {};
  const response = new Promise<Response>((resolve, reject) => {
    const call = client.makeClientStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      grpcOptions(options),
      (error, value) => {
        isDone = true;
        call.emit("drain"); // lets a pending write go
        if (error === null) resolve(value as Response);
        else reject(callError(method.path, error, signal));
      },
    );
    stopListening = onAbort(signal, () => call.cancel());
    call.on("error", () => {}); // the callback reports it
    const send = async () => {
      for await (const request of requests) {
        if (isDone) return;
        await writeMessage(call, request, () => isDone);
      }
      call.end();
    };
    send().catch((error: Error) => {
      reject(error);
      call.cancel();
    });
  });
  try {
    return await response;
  } finally {
    stopListening();
  }
}

/** A call with a stream in both directions. Iterate it once, from the beginning, even when no response is of interest. */
export interface BidiCall<Request, Response> extends AsyncIterable<Response> {
  /** Sends a request; resolves when there is room for the next one. Does nothing once the call is over. */
  write(request: Request): Promise<void>;
  /** Ends the requests; responses go on. */
  end(): void;
  /** Gives the call up. The iteration ends with an RpcError "cancelled". */
  cancel(): void;
}

/** Starts a call with a stream in both directions. */
export function bidi<Request, Response>(
  client: RpcClient,
  method: RpcMethod<Request, Response>,
  options: RpcOptions = {},
): BidiCall<Request, Response> {
  options.signal?.throwIfAborted();
  const call: ClientDuplexStream<Request, Response> = client.makeBidiStreamRequest(
    method.path,
    method.requestSerialize,
    method.responseDeserialize,
    grpcOptions(options),
  );
  let isOver = false;
  call.on("status", () => {
    isOver = true;
    call.emit("drain");
  });
  const responses = receive(method.path, call, options.signal);
  return {
    write: (request) => writeMessage(call, request, () => isOver),
    end: () => void call.end(),
    cancel: () => call.cancel(),
    [Symbol.asyncIterator]: () => responses,
  };
}

/** Reads a call's responses. Listens from the start, so that nothing is lost before the first `next`. */
function receive<Response>(
  method: string,
  call: ClientReadableStream<Response> | ClientDuplexStream<never, Response>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Response, void, undefined> {
  const stopListening = onAbort(signal, () => call.cancel());
  call.once("status", stopListening);
  const messages = readMessages<Response>(call, (error) => callError(method, error, signal));
  return (async function* () {
    let isFinished = false;
    try {
      yield* messages;
      isFinished = true;
    } finally {
      stopListening();
      if (!isFinished) call.cancel();
    }
  })();
}

function grpcOptions({ timeoutMs }: RpcOptions): GrpcCallOptions {
  return timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs };
}

/** An abort rejects with its reason, anything else with an RpcError. */
function callError(method: string, error: unknown, signal: AbortSignal | undefined): Error {
  if (signal?.aborted) return signal.reason as Error; // whatever it is, the caller gets it
  const { code, details, message } = error as { code?: unknown; details?: unknown; message?: unknown };
  const text = typeof details === "string" ? details : String(message);
  return new RpcError(method, typeof code === "number" ? code : RPC_STATUS.unknown, text, { cause: error });
}
