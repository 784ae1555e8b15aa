import { once } from "node:events";
import { mkdir, readFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect } from "@jest/globals";
import { blobPath } from "../image/image-layout.js";
import { buildImage } from "../testing/build-image.js";
import { readImage } from "../testing/read-image.js";
import { makeCertificates } from "../testing/start-registry.js";
import { testWith, withFolder } from "../testing/test-tools.js";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function serve(
  files: { cert: Buffer; key: Buffer },
  handler: Handler,
): Promise<{ server: Server; host: string }> {
  const server = createServer(files, handler);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, host: `localhost:${(server.address() as AddressInfo).port}` }; // a TCP server
}

testWith(["openssl"], "a pull survives a busy registry and broken transfers, and gives no secrets to other hosts", () =>
  withFolder(async (folder) => {
    await mkdir(join(folder, "certs"));
    const { caFile, certFile, keyFile } = await makeCertificates(join(folder, "certs"));
    const files = { cert: await readFile(certFile), key: await readFile(keyFile) };
    await buildImage({ folder, config: { base: "scratch", output: "app", labels: { a: "b" } } });
    const digest = (await readImage(join(folder, "app"))).index.manifests[0]?.digest ?? "";
    const seen: string[] = [];
    const isFirst = (what: string): boolean => !seen.includes(what) && seen.push(what) > 0;
    const store = await serve(files, (request, response) => {
      seen.push(`authorization at the store: ${String(request.headers.authorization)}`);
      void readFile(blobPath(join(folder, "app"), request.url?.slice(1) ?? "")).then((bytes) => {
        response.setHeader("content-length", bytes.length);
        if (!isFirst(`broken ${request.url ?? ""}`)) return response.end(bytes);
        response.write(bytes.subarray(0, 10), () => response.destroy());
        return undefined;
      });
    });
    const registry = await serve(files, (request, response) => {
      if (request.headers.authorization === undefined) {
        response.writeHead(401, { "www-authenticate": 'Basic realm="r"' }).end();
      } else if (isFirst("busy")) {
        response.writeHead(503).end('{"errors":[{"message":"later"}]}');
      } else if (request.url?.includes("/manifests/")) {
        void readFile(blobPath(join(folder, "app"), digest)).then((bytes) => response.end(bytes));
      } else {
        response.writeHead(307, { location: `https://${store.host}/${request.url?.split("/").at(-1) ?? ""}` }).end();
      }
    });
    try {
      const config = { base: `${registry.host}/x/y:1`, ca_file: caFile, username: "u", password: "p", output: "copy" };
      await buildImage({ folder, config });
      expect((await readImage(join(folder, "copy"))).config.config).toEqual({ Labels: { a: "b" } });
      expect(seen.filter((line) => line.startsWith("broken"))).toHaveLength(1);
      expect(new Set(seen.filter((line) => line.startsWith("authorization")))).toEqual(
        new Set(["authorization at the store: undefined"]),
      );
    } finally {
      for (const { server } of [store, registry]) {
        server.close();
        server.closeAllConnections();
      }
    }
  }),
);
