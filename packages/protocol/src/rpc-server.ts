import { once } from "node:events";
import type { Http2Server, Settings } from "node:http2";
import { createServer, type Server as NetServer, type Socket } from "node:net";
import type { ServiceDefinition, UntypedServiceImplementation } from "@grpc/grpc-js";
import { CHANNEL_OPTIONS, FLOW_CONTROL_WINDOW } from "./handshake.js";
import { loadGrpc } from "./load-grpc.js";

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

/** Starts a gRPC server. Loads gRPC on first use. Rejects when the address cannot be listened on. */
export async function startRpcServer({ services, listen, tls, onIdle }: RpcServerOptions): Promise<RpcServer> {
  const { Server, ServerCredentials } = await loadGrpc();
  const server = new Server(CHANNEL_OPTIONS);
  for (const { definition, handlers } of services) server.addService(definition, handlers);
  const credentials =
    tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(
          tls.clientCertificate === undefined ? null : Buffer.from(tls.clientCertificate),
          [{ private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.certificate) }],
          tls.clientCertificate !== undefined,
        );
  const windows = widenWindow(server);
  windows.beforeListen();
  const injector = server.createConnectionInjector(credentials);
  windows.afterListen();
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => {
      sockets.delete(socket);
      if (sockets.size === 0) onIdle?.();
    });
    injector.injectConnection(socket);
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
      server.forceShutdown();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/**
 * Makes the window of incoming streams larger. grpc-js 1.14 has an option for that on clients only, so this reaches for its
 * HTTP/2 servers; where they are not to be found, transfers to this server are slower and nothing else happens.
 */
function widenWindow(server: object): { beforeListen(): void; afterListen(): void } {
  const inner = server as {
    commonServerOptions?: { settings?: Settings };
    http2Servers?: Map<Http2Server, unknown>;
  };
  return {
    beforeListen: () => {
      if (inner.commonServerOptions === undefined) return;
      inner.commonServerOptions.settings = {
        ...inner.commonServerOptions.settings,
        initialWindowSize: FLOW_CONTROL_WINDOW,
      };
    },
    afterListen: () => {
      for (const http2 of inner.http2Servers?.keys() ?? []) {
        http2.on("session", (session) => session.setLocalWindowSize(FLOW_CONTROL_WINDOW));
      }
    },
  };
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
