import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { startHttpProxy, startSocksProxy } from "../../ssh/testing/proxies.js";
import { startFileServer, type FileServer } from "../testing/file-server.js";
import { makeFolder, partContext } from "../testing/part-session.js";
import { testWithTools } from "../testing/tools.js";
import { downloadFile } from "./download-file.js";

const PROGRAM = fileURLToPath(new URL("../../../testdata/download.mjs", import.meta.url));
const CONTENT = Buffer.alloc(2_000_000, "0123456789 abcdef ");
const CHECKSUM = `sha256:${createHash("sha256").update(CONTENT).digest("hex")}`;

let folder: ReturnType<typeof makeFolder>;
let server: FileServer;
const children: ChildProcess[] = [];
beforeEach(async () => {
  folder = makeFolder();
  server = await startFileServer(CONTENT);
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await server[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

/** Starts a process that downloads. Gives what it prints. */
function start(urls: readonly string[], checksum: string, environment: Readonly<Record<string, string>> = {}) {
  const env = { ...process.env, NODE_OPTIONS: "", ...environment };
  const argument = JSON.stringify({ folder: folder.path, urls, checksum });
  const child = spawn(process.execPath, [PROGRAM, argument], { env, stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  const result = Promise.all([text(child.stdout), text(child.stderr)]).then(([stdout, stderr]) => {
    if (stdout === "") throw new Error(stderr);
    return JSON.parse(stdout) as { path?: string; problem?: string; said: string[]; grownKiB: number };
  });
  return { child, result };
}

async function until(isTrue: () => boolean): Promise<void> {
  for (const endMs = Date.now() + 10_000; !isTrue();) {
    if (Date.now() > endMs) throw new Error("waited in vain");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test("processes that want the same file at the same time get it once, whatever the connections", async () => {
  server.treatments.push({ cutAfter: 500_000 }, { slowly: { size: 100_000, pauseMs: 10 } });
  const results = await Promise.all(
    Array.from({ length: 4 }, () => start([`${server.origin}/x.iso`], CHECKSUM).result),
  );
  expect(results.map(({ problem }) => problem)).toEqual([undefined, undefined, undefined, undefined]);
  expect(new Set(results.map(({ path }) => path)).size).toBe(1);
  expect(readFileSync(results[0]?.path ?? "").equals(CONTENT)).toBe(true);
  expect(server.requests).toEqual(["GET /x.iso", expect.stringMatching(/^GET \/x.iso bytes=[1-9]\d+-$/)]);
  expect(readdirSync(join(folder.path, "cache"))).toHaveLength(1);
}, 20_000);

test("what a killed process has got serves the next one, which does not wait for its lock", async () => {
  server.treatments.push({ stallAfter: 1_500_000 });
  const killed = start([`${server.origin}/x.iso`], CHECKSUM);
  killed.result.catch(() => {});
  const part = (): string | undefined => {
    const cache = join(folder.path, "cache");
    const name = existsSync(cache) ? readdirSync(cache).find((each) => each.endsWith(".part")) : undefined;
    return name && join(cache, name);
  };
  await until(() => part() !== undefined && statSync(part() ?? "").size === 1_500_000);
  killed.child.kill("SIGKILL");
  await once(killed.child, "close");
  const { path } = await start([`${server.origin}/x.iso`], CHECKSUM).result;
  expect(readFileSync(path ?? "").equals(CONTENT)).toBe(true);
  expect(server.requests).toEqual(["GET /x.iso", "GET /x.iso bytes=1500000-"]);
  expect(readdirSync(join(folder.path, "cache"))).toHaveLength(1);
}, 20_000);

test("memory stays flat", async () => {
  const sizeBytes = 400 * 1024 * 1024;
  const chunk = Buffer.alloc(1024 * 1024, "x");
  const hash = createHash("sha256");
  for (let sent = 0; sent < sizeBytes; sent += chunk.length) hash.update(chunk);
  server.handle = (_request, response) => {
    response.writeHead(200, { "content-length": sizeBytes });
    let sent = 0;
    const more = (): void => {
      while (sent < sizeBytes) {
        sent += chunk.length;
        if (!response.write(chunk)) return void response.once("drain", more);
      }
      response.end();
    };
    more();
    return true;
  };
  const { path, grownKiB } = await start([`${server.origin}/big`], `sha256:${hash.digest("hex")}`).result;
  expect(statSync(path ?? "").size).toBe(sizeBytes);
  expect(grownKiB).toBeLessThan(80 * 1024);
}, 30_000);

testWithTools(["openssl"], "TLS: a server's certificate must be trusted", async () => {
  const [key, cert] = [join(folder.path, "key"), join(folder.path, "cert")];
  const make = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const names = ["-subj", "/CN=x", "-addext", "subjectAltName=IP:127.0.0.1,DNS:files.test"];
  const openssl = spawn("openssl", [...make, ...names, "-keyout", key, "-out", cert], { stdio: "ignore" });
  await once(openssl, "close");
  await using secure = await startFileServer(CONTENT, {
    key: readFileSync(key, "utf8"),
    cert: readFileSync(cert, "utf8"),
  });
  const url = `${secure.origin}/x.iso`;
  const refused = await start([url], CHECKSUM).result;
  expect(refused.problem).toMatch(/self-signed certificate/);
  expect((await start([url], CHECKSUM, { SSL_CERT_FILE: cert }).result).problem).toBeUndefined();

  await using tunnel = await startTunnel(secure.port);
  const through = { SSL_CERT_FILE: cert, HTTPS_PROXY: `http://me:secret@127.0.0.1:${tunnel.port}` };
  const named = await start([`https://files.test/y.iso`], "none", through).result;
  expect(named.problem).toBeUndefined();
  expect(tunnel.seen).toEqual([`CONNECT files.test:443 Basic ${Buffer.from("me:secret").toString("base64")}`]);
  expect(secure.requests.at(-1)).toBe("GET /y.iso");
});

/** A proxy whose tunnels all lead to one port, and which answers plain requests from it too. */
async function startTunnel(toPort: number) {
  const { connect } = await import("node:net");
  const seen: string[] = [];
  const proxy = createServer((incoming, response) => {
    const { method, url = "", headers } = incoming;
    seen.push(`${method} ${url} ${headers["proxy-authorization"] ?? ""}`.trim());
    const { pathname } = new URL(url);
    const onward = request({ port: toPort, host: "127.0.0.1", path: pathname, method }, (got) => {
      response.writeHead(got.statusCode ?? 0, got.headers);
      got.pipe(response);
    });
    onward.end();
  });
  proxy.on("connect", (incoming, socket) => {
    seen.push(`CONNECT ${incoming.url} ${incoming.headers["proxy-authorization"] ?? ""}`.trim());
    const target = connect(toPort, "127.0.0.1", () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
    target.on("error", () => socket.destroy());
    socket.on("error", () => target.destroy());
    socket.pipe(target).pipe(socket);
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  return {
    port: (proxy.address() as AddressInfo).port,
    seen,
    async [Symbol.asyncDispose]() {
      proxy.closeAllConnections();
      proxy.close();
    },
  };
}

test("a proxy of the environment is asked for plain URLs", async () => {
  await using proxy = await startTunnel(server.port);
  const env = { http_proxy: `http://me:secret@127.0.0.1:${proxy.port}`, HTTP_PROXY: "" };
  const { problem, path } = await start(["http://files.test/x.iso?a=b"], CHECKSUM, env).result;
  expect(problem).toBeUndefined();
  expect(readFileSync(path ?? "").equals(CONTENT)).toBe(true);
  expect(proxy.seen).toEqual([`GET http://files.test/x.iso?a=b Basic ${Buffer.from("me:secret").toString("base64")}`]);
}, 20_000);

test("a SOCKS proxy is asked too, and one that refuses is told of", async () => {
  await using socks = await startSocksProxy({ user: "u", password: "p" });
  await using http = await startHttpProxy("Basic nobody");
  const before = { ...process.env };
  // An address of this computer that is not exempt.
  const url = `http://0.0.0.0:${server.port}/x.iso`;
  try {
    process.env["HTTP_PROXY"] = `socks5://u:p@127.0.0.1:${socks.port}`;
    const download = { description: "file", urls: [url], checksum: CHECKSUM, retryDelayMs: 1, tries: 2 };
    await downloadFile(download, partContext({ folder: folder.path }));
    expect(socks.targets).toEqual([`0.0.0.0:${server.port}`]);
    process.env["HTTPS_PROXY"] = `http://127.0.0.1:${http.port}`;
    const refused = downloadFile(
      { ...download, urls: ["https://files.test/"], checksum: "none" },
      partContext({ folder: folder.path }),
    );
    await expect(refused).rejects.toThrow(/http proxy 127\.0\.0\.1:\d+: it refused the connection: 407/);
  } finally {
    for (const name of ["HTTP_PROXY", "HTTPS_PROXY"]) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
});
