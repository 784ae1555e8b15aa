import type { IncomingMessage, ServerResponse } from "node:http";
import { stat } from "node:fs/promises";
import path from "node:path";
import { sendContent, type TestContent } from "./send-content.js";
import type { TestAuthority } from "./test-authority.js";
import { TestServer, type Fault, type LoggedRequest } from "./test-server.js";

export interface StaticServerOptions {
  readonly authority: TestAuthority;
  /** A folder whose files it serves. */
  readonly folder?: string;
  /** Host names of the certificate besides localhost and 127.0.0.1. */
  readonly hostNames?: readonly string[];
  readonly requests?: LoggedRequest[];
}

/** An HTTPS server of plain files: those of a folder, and those that `files` names by path (`/a/b`). */
export class StaticServer implements AsyncDisposable {
  readonly files = new Map<string, TestContent>();
  readonly #folder: string | undefined;
  #server!: TestServer; // set by start, which alone makes objects

  private constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  static async start(options: StaticServerOptions): Promise<StaticServer> {
    const server = new StaticServer(options.folder);
    const handler = (...call: [IncomingMessage, ServerResponse, Fault]): Promise<void> => server.#serve(...call);
    server.#server = await TestServer.start({ ...options, name: "static", handler });
    return server;
  }

  /** `https://localhost:PORT`. */
  get url(): string {
    return this.#server.url;
  }

  get port(): number {
    return this.#server.port;
  }

  get requests(): LoggedRequest[] {
    return this.#server.requests;
  }

  /** `METHOD PATH STATUS`, a line a request. */
  requestLines(): string[] {
    return this.requests.map(({ method, path: at, status }) => `${method} ${at} ${status}`);
  }

  /** See TestServer.fail. */
  fail(pattern: RegExp, ...faults: readonly Fault[]): void {
    this.#server.fail(pattern, ...faults);
  }

  closeConnections(): void {
    this.#server.closeConnections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }

  async #serve(request: IncomingMessage, response: ServerResponse, fault: Fault): Promise<void> {
    const at = decodeURIComponent(new URL(request.url ?? "/", this.url).pathname);
    const content = this.files.get(at) ?? (await this.#fileAt(at));
    if (content === undefined) return void response.writeHead(404).end("not found");
    await sendContent(request, response, { content, fault });
  }

  async #fileAt(at: string): Promise<TestContent | undefined> {
    if (this.#folder === undefined) return undefined;
    const file = path.join(this.#folder, path.normalize(at));
    const isFile = await stat(file).then(
      (stats) => stats.isFile(),
      () => false,
    );
    return isFile ? { file } : undefined;
  }
}
