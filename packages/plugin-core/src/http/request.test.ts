import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "@jest/globals";
import { sendRequest } from "./request.js";

const started: Server[] = [];
afterEach(() => {
  for (const server of started.splice(0)) server.close();
  for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "SSL_CERT_FILE"]) delete process.env[name];
});

async function serve(server: Server): Promise<number> {
  started.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

const get = (url: string, headers: Record<string, string> = {}) =>
  sendRequest({ url, method: "GET", headers, body: "", userAgent: "test", signal: new AbortController().signal });

test("asks a proxy with the whole address and its password", async () => {
  const echo: RequestListener = ({ url, headers }, response) => {
    response.end([url, headers.host, headers["proxy-authorization"]].join(" "));
  };
  process.env["HTTP_PROXY"] = `http://me:s%40@127.0.0.1:${await serve(createServer(echo))}`;
  const { body } = await get("http://some.test/path?x=1");
  expect(body).toBe(`http://some.test/path?x=1 some.test Basic ${Buffer.from("me:s@").toString("base64")}`);
});

test("asks through a tunnel, and trusts certificates of SSL_CERT_FILE", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tls-"));
  const [key, cert] = ["key.pem", "cert.pem"].map((name) => join(folder, name)) as [string, string];
  const subject = ["-subj", "/CN=some.test", "-addext", "subjectAltName=DNS:some.test"];
  const options = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", cert];
  execFileSync("openssl", ["req", ...options, ...subject], { stdio: "pipe" });
  try {
    const server = createSecureServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) => {
      response.end("through the tunnel");
    });
    const port = await serve(server);
    const targets: string[] = [];
    const proxy = createServer();
    proxy.on("connect", ({ url }, socket) => {
      targets.push(url ?? "");
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.pipe(connect(port, "127.0.0.1")).pipe(socket);
    });
    process.env["HTTPS_PROXY"] = `127.0.0.1:${await serve(proxy)}`;
    await expect(get("https://some.test/")).rejects.toThrow(/^Get "https:\/\/some\.test\/": .*self.signed/);
    process.env["SSL_CERT_FILE"] = cert;
    expect((await get("https://some.test/")).body).toBe("through the tunnel");
    expect(targets).toEqual(["some.test:443", "some.test:443"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("keeps secrets from other hosts", async () => {
  const other = await serve(createServer(({ headers }, response) => response.end(String(headers.authorization))));
  const first = await serve(
    createServer((_, response) => response.writeHead(302, { location: `http://127.0.0.1:${other}/` }).end()),
  );
  expect((await get(`http://127.0.0.1:${first}/`, { Authorization: "secret" })).body).toBe("undefined");
});

test("can be cancelled", async () => {
  const port = await serve(createServer(() => {}));
  const signal = AbortSignal.timeout(50);
  const options = { method: "GET", headers: {}, body: "", userAgent: "test", signal };
  await expect(sendRequest({ url: `http://127.0.0.1:${port}/`, ...options })).rejects.toMatchObject({
    name: "TimeoutError",
  });
  for (const server of started) server.closeAllConnections();
});
