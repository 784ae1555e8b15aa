import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";

/** How a server treats one request. */
export interface Treatment {
  /** Answers with this status and nothing else. */
  readonly status?: number;
  /** Headers to add; undefined removes one. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Cuts the connection after so many bytes of the body. */
  readonly cutAfter?: number;
  /** Stops sending after so many bytes, without an end. */
  readonly stallAfter?: number;
  /** Takes no notice of ranges. */
  readonly ignoresRange?: boolean;
  /** Takes no notice of the condition of ranges. */
  readonly ignoresCondition?: boolean;
  /** Sends another range than it was asked for, so many bytes later. */
  readonly shift?: number;
  /** Announces so many bytes more than it has. */
  readonly announcesMore?: number;
  /** Sends pieces of this size, each after a pause. */
  readonly slowly?: { readonly size: number; readonly pauseMs: number };
}

/** A server with one file at every path. */
export interface FileServer extends AsyncDisposable {
  readonly port: number;
  /** `http://127.0.0.1:PORT`, or https. */
  readonly origin: string;
  /** What was asked for: `GET /a`, with the range. */
  readonly requests: string[];
  readonly received: IncomingMessage[];
  content: Buffer;
  etag: string | undefined;
  modified: string | undefined;
  /** How to treat the next requests; then it behaves. */
  readonly treatments: Treatment[];
  /** Answers a request itself: true. */
  handle: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
}

/** Starts a server on a free port, with TLS when there is a key. */
export async function startFileServer(
  content: Buffer,
  tls?: { readonly key: string; readonly cert: string },
): Promise<FileServer> {
  const onRequest: RequestListener = (request, response) => void answer(request, response, files);
  const server: Server = tls === undefined ? createServer(onRequest) : createTlsServer(tls, onRequest);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const files: FileServer = {
    port,
    origin: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    requests: [],
    received: [],
    content,
    etag: '"1"',
    modified: "Tue, 14 Nov 2023 22:13:20 GMT",
    treatments: [],
    handle: undefined,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
  return files;
}

async function answer(request: IncomingMessage, response: ServerResponse, files: FileServer): Promise<void> {
  response.on("error", () => {});
  const { range } = request.headers;
  files.requests.push(`${request.method} ${request.url}${range === undefined ? "" : ` ${range}`}`);
  files.received.push(request);
  if (files.handle?.(request, response) === true) return;
  const treatment = request.method === "GET" ? (files.treatments.shift() ?? {}) : {};
  const { content, etag, modified } = files;
  if (treatment.status !== undefined) {
    return void response.writeHead(treatment.status, { ...treatment.headers }).end("no");
  }
  const condition = request.headers["if-range"];
  const holds = condition === undefined || condition === etag || condition === modified || treatment.ignoresCondition;
  const from = /^bytes=(\d+)-$/.exec(range ?? "")?.[1];
  const isPart = from !== undefined && holds === true && treatment.ignoresRange !== true;
  const start = isPart ? Number(from) + (treatment.shift ?? 0) : 0;
  if (isPart && start >= content.length) {
    return void response.writeHead(416, { "content-range": `bytes */${content.length}` }).end();
  }
  const body = content.subarray(start);
  const headers = {
    "accept-ranges": "bytes",
    "content-length": String(body.length + (treatment.announcesMore ?? 0)),
    ...(etag !== undefined && { etag }),
    ...(modified !== undefined && { "last-modified": modified }),
    ...(isPart && { "content-range": `bytes ${start}-${content.length - 1}/${content.length}` }),
    ...treatment.headers,
  };
  const present = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  response.writeHead(isPart ? 206 : 200, Object.fromEntries(present));
  if (request.method === "HEAD") return void response.end();
  await sendBody(response, body, treatment);
}

async function sendBody(response: ServerResponse, body: Buffer, treatment: Treatment): Promise<void> {
  const { cutAfter, stallAfter, slowly, announcesMore } = treatment;
  const stop = cutAfter ?? stallAfter;
  if (stop !== undefined) {
    response.write(body.subarray(0, stop), () => {
      if (cutAfter !== undefined) setTimeout(() => response.destroy(), 20); // so that the bytes arrive
    });
  } else if (slowly !== undefined) {
    for (let at = 0; at < body.length && !response.destroyed; at += slowly.size) {
      response.write(body.subarray(at, at + slowly.size));
      await new Promise((resolve) => setTimeout(resolve, slowly.pauseMs));
    }
    response.end();
  } else if (announcesMore !== undefined) {
    response.write(body, () => setTimeout(() => response.destroy(), 20));
  } else response.end(body);
}
