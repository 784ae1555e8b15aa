import { once } from "node:events";
import type { Http2SecureServer, Http2Server, ServerHttp2Session } from "node:http2";
import { createServer as createNetServer, type Server as NetServer, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ServiceDefinition, UntypedServiceImplementation } from "@grpc/grpc-js";
import { FLOW_CONTROL_WINDOW } from "./handshake.js";
import { refuseCall, serveCall, type ServedMethod } from "./rpc-server-call.js";
import { readTimeout } from "./rpc-timeout.js";
import { RPC_STATUS } from "./rpc-status.js";
import { UnblockedSocket } from "./unblocked-socket.js";

/** A service and what serves it. */
export interface RpcService {
  readonly definition: ServiceDefinition;
  readonly handlers: UntypedServiceImplementation;
}

/** Certificates of a server in PEM. With `clientCertificate` only clients that present exactly that one are served. */
export interface ServerTls {
  readonly certificate: string;
  readonly key: string;
  readonly clientCertificate?: string;
}

/** Where to listen: a socket's path, or the first free port of a range on the loopback address (0: any port). */
export type ListenAddress = { readonly socketPath: string } | { readonly minPort: number; readonly maxPort: number };

/** What a server serves and how. */
export interface RpcServerOptions {
  readonly services: readonly RpcService[];
  readonly listen: ListenAddress;
  readonly tls?: ServerTls;
  /** Called when a connection ended and none is left. */
  readonly onIdle?: () => void;
}

/** A server that listens. Close it. */
export interface RpcServer {
  readonly network: "unix" | "tcp";
  /** The socket's path, or "127.0.0.1:port". */
  readonly address: string;
  /** Cancels calls that are open, ends all connections and removes the socket. */
  close(): Promise<void>;
}

/** Starts a gRPC server. Rejects when the address cannot be listened on. */
export async function startRpcServer({ services, listen, tls, onIdle }: RpcServerOptions): Promise<RpcServer> {
  const methods = new Map(services.flatMap(methodsOf));
  const sessions = new Set<ServerHttp2Session>();
  const sockets = new Set<Socket>();
  // Node's HTTP/2 takes milliseconds to load: the client can hear of the address, and connect, before that.
  const http2 = nextTurn().then(() => createHttp2Server(tls));
  if (tls !== undefined) await http2; // bad certificates are an error now
  const listener = createNetServer((socket) => {
    const connection = new UnblockedSocket(socket);
    connection.on("error", () => {}); // its end tells; HTTP/2 may not be there yet to listen
    void http2.then((server) => server.emit("connection", connection));
  });
  listener.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => {
      sockets.delete(socket);
      if (sockets.size === 0) onIdle?.();
    });
  });
  void http2.then((server) => {
    server.on("session", (session) => {
      sessions.add(session);
      session.once("close", () => sessions.delete(session));
      session.setLocalWindowSize(FLOW_CONTROL_WINDOW);
    });
    server.on("stream", (stream, headers) => {
      const path = headers[":path"] ?? "";
      const method = methods.get(path);
      if (method !== undefined) serveCall(stream, method, readTimeout(headers["grpc-timeout"]));
      else refuseCall(stream, { code: RPC_STATUS.unimplemented, details: `there is no method ${path}` });
    });
  });
  await listenOn(listener, listen);
  const address = listener.address();
  return {
    ...(typeof address === "string" || address === null
      ? { network: "unix", address: String(address) }
      : { network: "tcp", address: `127.0.0.1:${address.port}` }),
    close: async () => {
      const closed = once(listener, "close");
      listener.close();
      for (const session of sessions) session.destroy();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function createHttp2Server(tls: ServerTls | undefined): Promise<Http2Server | Http2SecureServer> {
  const { createSecureServer, createServer } = await import("node:http2");
  const options = {
    settings: { initialWindowSize: FLOW_CONTROL_WINDOW },
    maxSessionMemory: Number.MAX_SAFE_INTEGER, // bytes under way are held back by the windows
  };
  return tls === undefined ? createServer(options) : createSecureServer({ ...options, ...tlsOptions(tls) });
}

function methodsOf({ definition, handlers }: RpcService): readonly (readonly [string, ServedMethod])[] {
  return Object.entries(definition).flatMap(([name, method]) => {
    const handler = handlers[name];
    return handler === undefined ? [] : [[method.path, { definition: method, handler }] as const];
  });
}

function tlsOptions({ certificate, key, clientCertificate }: ServerTls) {
  return { cert: certificate, key, ca: clientCertificate, requestCert: clientCertificate !== undefined };
}

async function listenOn(listener: NetServer, listen: ListenAddress): Promise<void> {
  if ("socketPath" in listen) {
    listener.listen(listen.socketPath);
    await once(listener, "listening");
    return;
  }
  for (let port = listen.minPort; ; port++) {
    try {
      listener.listen(port, "127.0.0.1");
      await once(listener, "listening");
      return;
    } catch (error) {
      const isTaken = ["EADDRINUSE", "EACCES"].includes(String((error as NodeJS.ErrnoException).code));
      if (!isTaken || port === 0 || port >= listen.maxPort) throw error;
    }
  }
}

/** The part of a server's call that tells when the caller has gone. */
export interface CancellableCall {
  readonly cancelled: boolean;
  on(event: "cancelled", listener: () => void): unknown;
}

/** Gives a signal that aborts when the caller cancels the call or its connection ends. */
export function callSignal(call: CancellableCall): AbortSignal {
  const controller = new AbortController();
  const abort = (): void => controller.abort(new DOMException("the caller cancelled the call", "AbortError"));
  if (call.cancelled) abort();
  else call.on("cancelled", abort);
  return controller.signal;
}
