import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { sendContent } from "./send-content.js";
import type { TestAuthority } from "./test-authority.js";

/** A request that a test server got. */
export interface LoggedRequest {
  /** Which of the servers got it: `github`, `cdn`, `static`. */
  readonly server: string;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** The `Authorization` header. */
  readonly authorization: string | undefined;
  readonly headers: IncomingMessage["headers"];
  /** What was answered; 0 as long as nothing is, or when the connection was cut before. */
  status: number;
}

/** What goes wrong with one request. The first that is set counts; `delayMs` goes with all. */
export interface Fault {
  /** Waits before the answer. */
  readonly delayMs?: number;
  /** Closes the connection without an answer. */
  readonly reset?: true;
  /** Never answers. */
  readonly hang?: true;
  /** Answers this instead. */
  readonly answer?: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | Uint8Array;
  };
  /** Sends only so many bytes of the body, then closes the connection. */
  readonly cutAfter?: number;
  /** Sends only so many bytes of the body, then nothing more. */
  readonly stallAfter?: number;
  /** Sends the whole although a part was asked for. */
  readonly ignoreRange?: true;
  /** Sends this content instead, with these headers. */
  readonly content?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (request: IncomingMessage, response: ServerResponse, fault: Fault) => void | Promise<void>;

export interface TestServerOptions {
  readonly authority: TestAuthority;
  readonly name: string;
  readonly handler: Handler;
  /** Host names of the certificate besides localhost and 127.0.0.1. */
  readonly hostNames?: readonly string[];
  /** Where requests are noted; default a list of its own. */
  readonly requests?: LoggedRequest[];
}

/** An HTTPS server on a free port of 127.0.0.1 that notes all requests and does wrong when told to. */
export class TestServer implements AsyncDisposable {
  readonly requests: LoggedRequest[];
  readonly port: number;
  readonly #server: Server;
  readonly #faults: { readonly pattern: RegExp; readonly faults: Fault[] }[] = [];

  private constructor(server: Server, requests: LoggedRequest[]) {
    this.#server = server;
    this.requests = requests;
    this.port = (server.address() as AddressInfo).port; // a TCP server
  }

  static async start({ authority, name, handler, hostNames, requests = [] }: TestServerOptions): Promise<TestServer> {
    const { cert, key } = await authority.certificateFor(hostNames);
    const server = createServer({ cert, key, keepAliveTimeout: 60_000 });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const started = new TestServer(server, requests);
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      void started.#serve(name, handler, request, response).catch((error: unknown) => {
        response.destroy(error instanceof Error ? error : new Error(String(error)));
      });
    });
    return started;
  }

  /** `https://localhost:PORT`. */
  get url(): string {
    return `https://localhost:${this.port}`;
  }

  /** Lets requests whose `METHOD PATH` matches go wrong, one after another; those after the last fault go well. */
  fail(pattern: RegExp, ...faults: readonly Fault[]): void {
    this.#faults.push({ pattern, faults: [...faults] });
  }

  /** Ends all connections that are open, as a restart of the server would. */
  closeConnections(): void {
    this.#server.closeAllConnections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    if (this.#server.listening) await once(this.#server, "close");
  }

  async #serve(server: string, handler: Handler, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "/", headers } = request;
    const entry: LoggedRequest = {
      server,
      method,
      path: url,
      authorization: headers.authorization,
      headers,
      status: 0,
    };
    this.requests.push(entry);
    const writeHead = response.writeHead.bind(response);
    response.writeHead = ((...parameters: Parameters<typeof writeHead>) => {
      entry.status = parameters[0];
      return writeHead(...parameters);
    }) as typeof response.writeHead; // the overloads are alike in their first parameter
    const fault = this.#faults
      .find(({ pattern, faults }) => faults.length > 0 && pattern.test(`${method} ${url}`))
      ?.faults.shift();
    if (fault?.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
    if (fault?.hang) return;
    if (fault?.reset) {
      request.socket.destroy();
    } else if (fault?.answer !== undefined) {
      response.writeHead(fault.answer.status, fault.answer.headers).end(fault.answer.body ?? "");
    } else if (fault?.content !== undefined) {
      await sendContent(request, response, { content: fault.content, headers: fault.headers ?? {} });
    } else {
      await handler(request, response, fault ?? {});
    }
  }
}
