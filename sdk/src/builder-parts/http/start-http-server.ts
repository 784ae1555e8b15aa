import { once } from "node:events";
import { stat, unlink } from "node:fs/promises";
import type { Server } from "node:http";
import { messageOf } from "@ingot/diag";
import { pathOf, type PartContext } from "../part-context.js";
import { reservePort } from "../reserve-port.js";
import { systemError } from "../system-error.js";
import type { HttpConfig } from "./http-options.js";
import { serveContent } from "./serve-content.js";
import { sendText, serveFolder } from "./serve-folder.js";

/** A server that runs. Dispose it to stop it. */
export interface HttpServer extends AsyncDisposable {
  /** The port. 0: nothing is served. */
  readonly port: number;
}

/**
 * Serves what the options say on a free port of their range. Without folder and content nothing is served, and the port is 0.
 * Rejects with an Error when the folder is missing or the address cannot be used.
 */
export async function startHttpServer(
  config: HttpConfig,
  context: Pick<PartContext, "build" | "ui" | "signal" | "log">,
): Promise<HttpServer> {
  const { ui, log, signal } = context;
  signal.throwIfAborted();
  const { directory, content, portMin, portMax, bindAddress } = config;
  if (directory === "" && Object.keys(content).length === 0) return { port: 0, [Symbol.asyncDispose]: async () => {} };
  const folder = directory === "" ? undefined : await folderOf(directory, context);
  const { createServer } = await import("node:http");
  const server = createServer((request, response) => {
    log.debug("http request", { method: request.method, url: request.url, from: request.socket.remoteAddress });
    const answered =
      folder === undefined
        ? Promise.resolve(serveContent(content, request, response))
        : serveFolder(folder, request, response);
    answered.catch((error: unknown) => {
      log.debug("http answer failed", { url: request.url, problem: messageOf(error) });
      if (response.headersSent) response.destroy();
      else sendText(response, 500, "500 Internal Server Error\n");
    });
  });
  const options = { min: portMin, max: portMax, address: bindAddress };
  const reserved = await reservePort(options, context, (port) => listen(server, config, port));
  ui.say(`Starting HTTP server on port ${reserved.port}`);
  server.on("error", (error) => log.warn("http server", { problem: error.message }));
  return {
    port: reserved.port,
    async [Symbol.asyncDispose]() {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      if (isUnix(config)) await unlink(unixPath(config, reserved.port)).catch(() => {});
      await reserved[Symbol.asyncDispose]();
    },
  };
}

async function folderOf(directory: string, context: Pick<PartContext, "build">): Promise<string> {
  const folder = pathOf(directory, context);
  try {
    await stat(folder);
    return folder;
  } catch (error) {
    throw new Error(`Error finding "${directory}": ${systemError("stat", directory, error)}`, { cause: error });
  }
}

async function listen(server: Server, config: HttpConfig, port: number): Promise<void> {
  const { networkProtocol, bindAddress } = config;
  if (networkProtocol === "unixpacket") throw new Error("unixpacket sockets are not available here");
  if (isUnix(config)) server.listen(unixPath(config, port));
  else if (networkProtocol === "tcp6") {
    server.listen({ port, host: bindAddress === "0.0.0.0" ? "::" : bindAddress, ipv6Only: true, exclusive: true });
  } else server.listen({ port, host: bindAddress, exclusive: true });
  await once(server, "listening");
}

function isUnix({ networkProtocol }: HttpConfig): boolean {
  return networkProtocol === "unix";
}

function unixPath({ bindAddress }: HttpConfig, port: number): string {
  return `${bindAddress}:${port}`;
}

/**
 * The values of `build.NAME` that tell provisioners of the HTTP server. `ip` is the address by which the machine reaches it; only
 * the builder knows it.
 */
export function httpData(ip: string | undefined, port: number | undefined): Readonly<Record<string, string>> {
  const missing = (name: string): string => `ERR_HTTP_${name}_NOT_IMPLEMENTED_BY_BUILDER`;
  return {
    PackerHTTPIP: ip ?? missing("IP"),
    PackerHTTPPort: port === undefined ? missing("PORT") : String(port),
    PackerHTTPAddr: ip === undefined || port === undefined ? missing("ADDR") : `${ip}:${port}`,
  };
}
