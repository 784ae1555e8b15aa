import type { connect as connectHttp2, ClientHttp2Session, ClientHttp2Stream, OutgoingHttpHeaders } from "node:http2";
import { connect } from "node:net";
import { FLOW_CONTROL_WINDOW } from "./handshake.js";

/** Certificates in PEM. Only `serverCertificate` is trusted, for the name "localhost". */
export interface ClientTls {
  readonly serverCertificate: string;
  readonly clientCertificate?: string;
  readonly clientKey?: string;
}

/** A connection to one server: made with the first call, and again with the next call when it was lost. */
export class RpcClient {
  readonly #connectHttp2: typeof connectHttp2;
  readonly #address: ReturnType<typeof parseEndpoint>;
  readonly #tls: ClientTls | undefined;
  #session: ClientHttp2Session | undefined;

  constructor(connect: typeof connectHttp2, endpoint: string, tls: ClientTls | undefined) {
    this.#connectHttp2 = connect;
    this.#address = parseEndpoint(endpoint);
    this.#tls = tls;
  }

  /** True while the connection stands. */
  get isConnected(): boolean {
    const session = this.#session;
    return session !== undefined && !session.connecting && !session.closed && !session.destroyed;
  }

  /** Opens a stream for a call. What goes wrong with the connection shows up as the stream's error. */
  request(headers: OutgoingHttpHeaders): ClientHttp2Stream {
    if (this.#session === undefined || this.#session.closed || this.#session.destroyed) this.#session = this.#connect();
    return this.#session.request(headers);
  }

  /** Ends the connection, and the calls that are open. */
  close(): void {
    this.#session?.destroy();
  }

  #connect(): ClientHttp2Session {
    const tls = this.#tls;
    const options = {
      settings: { enablePush: false, initialWindowSize: FLOW_CONTROL_WINDOW },
      maxSessionMemory: Number.MAX_SAFE_INTEGER, // bytes under way are held back by the windows
    };
    const session =
      tls === undefined
        ? this.#connectHttp2("http://localhost", { ...options, createConnection: () => connect(this.#address) })
        : this.#connectHttp2("https://localhost", {
            ...{ ...options, ...this.#address, servername: "localhost" },
            ...{ ca: tls.serverCertificate, cert: tls.clientCertificate, key: tls.clientKey },
          });
    session.on("error", () => {}); // the streams tell
    session.once("connect", () => session.setLocalWindowSize(FLOW_CONTROL_WINDOW));
    return session;
  }
}

/** Where an endpoint in the protocol's form is: "unix:/path" or "tcp:host:port". */
function parseEndpoint(endpoint: string): { readonly path: string } | { readonly host: string; readonly port: number } {
  if (endpoint.startsWith("unix:")) return { path: endpoint.slice("unix:".length) };
  const [, host = "", port = ""] = /^(?:tcp:)?\[?(.*?)\]?:(\d+)$/.exec(endpoint) ?? [];
  return { host, port: Number(port) };
}
