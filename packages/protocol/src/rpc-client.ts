import { RpcCall, RpcError, type RpcMethod, type RpcOptions } from "./rpc-call.js";
import { RpcClient, type ClientTls } from "./rpc-connection.js";
import { RPC_STATUS } from "./rpc-status.js";

/** Loads HTTP/2, which takes a while, so that a later `openClient` is quick. */
export async function loadRpc(): Promise<void> {
  await import("node:http2");
}

/**
 * Opens a client for an endpoint in the protocol's form: "unix:/path" or "tcp:host:port". Connecting happens with the first call; a
 * server that isn't there shows up as an RpcError "unavailable" of that call.
 */
export async function openClient(endpoint: string, tls?: ClientTls): Promise<RpcClient> {
  return new RpcClient((await import("node:http2")).connect, endpoint, tls);
}

/** Calls a method with one request and one response. */
export async function unary<Request, Response>(
  client: RpcClient,
  method: RpcMethod<Request, Response>,
  request: Request,
  options: RpcOptions = {},
): Promise<Response> {
  const call = new RpcCall(client, method, options);
  void call.write(request); // nothing follows that would need room
  call.end();
  return await onlyResponse(method, call);
}

/** Calls a method with one request and a stream of responses. Whoever leaves the loop early cancels the call. */
export async function* serverStream<Request, Response>(
  client: RpcClient,
  method: RpcMethod<Request, Response>,
  request: Request,
  options: RpcOptions = {},
): AsyncGenerator<Response, void, undefined> {
  const call = new RpcCall(client, method, options);
  void call.write(request); // nothing follows that would need room
  call.end();
  yield* call.responses();
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
  const call = new RpcCall(client, method, options);
  let failure: { readonly error: unknown } | undefined;
  const send = async (): Promise<void> => {
    for await (const request of requests) {
      if (call.isOver) return;
      await call.write(request);
    }
    call.end();
  };
  send().catch((error: unknown) => {
    failure = { error };
    call.cancel();
  });
  try {
    return await onlyResponse(method, call);
  } catch (error) {
    throw failure === undefined ? error : failure.error;
  }
}

async function onlyResponse<Request, Response>(
  method: RpcMethod<Request, Response>,
  call: RpcCall<Request, Response>,
): Promise<Response> {
  let response: Response | undefined;
  for await (const message of call.responses()) response = message;
  if (response === undefined) throw new RpcError(method.path, RPC_STATUS.internal, "the call ended without a response");
  return response;
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
  const call = new RpcCall(client, method, options);
  const responses = call.responses();
  return {
    write: async (request) => await call.write(request),
    end: () => call.end(),
    cancel: () => call.cancel(),
    [Symbol.asyncIterator]: () => responses,
  };
}
