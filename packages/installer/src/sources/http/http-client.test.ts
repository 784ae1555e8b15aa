import { writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { failureOf } from "../../testing/github-scene.js";
import { ProxyServer } from "../../testing/proxy-server.js";
import { SocksServer } from "../../testing/socks-server.js";
import { StaticServer } from "../../testing/static-server.js";
import { TestAuthority } from "../../testing/test-authority.js";
import { makeTestFolder } from "../../testing/with-folder.js";
import { HttpClient, type HttpSettings } from "./http-client.js";

let authority: TestAuthority;
beforeAll(async () => void (authority = await TestAuthority.make()));
afterAll(async () => await authority[Symbol.asyncDispose]());

const signal = new AbortController().signal;
const limits = { signal, maxBytes: 1000 };

function client(settings: Partial<HttpSettings> = {}): HttpClient {
  const env = { SSL_CERT_FILE: authority.caFile, ...settings.env };
  return new HttpClient({
    version: "1.2.3",
    retries: { attempts: 3, firstDelayMs: 1 },
    idleMs: 5000,
    ...settings,
    env,
  });
}

async function start(files: Record<string, string> = { "/a": "content" }, hostNames?: string[]): Promise<StaticServer> {
  const server = await StaticServer.start({ authority, ...(hostNames && { hostNames }) });
  for (const [at, content] of Object.entries(files)) server.files.set(at, content);
  return server;
}

async function textAt(http: HttpClient, url: string): Promise<string> {
  return (await http.read(new URL(url), limits)).content.toString();
}

describe("authorities", () => {
  test.each(["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"])("of %s are trusted", async (name) => {
    await using server = await start();
    using http = new HttpClient({ version: "1", env: { [name]: authority.caFile } });
    expect(await textAt(http, `${server.url}/a`)).toBe("content");
  });

  test("of the configuration are trusted", async () => {
    await using server = await start();
    using http = new HttpClient({ version: "1", env: {}, extraCaFile: authority.caFile });
    expect(await textAt(http, `${server.url}/a`)).toBe("content");
  });

  test("that nobody named are not, whatever Node is told", async () => {
    await using server = await start();
    using http = new HttpClient({ version: "1", env: { NODE_TLS_REJECT_UNAUTHORIZED: "0" } });
    const before = process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    try {
      expect(await failureOf(textAt(http, `${server.url}/a`))).toMatch(
        /^InstallError: GET https:\/\/localhost:\d+\/a failed: the certificate of localhost:\d+ is by an authority that is not trusted \([A-Z_]+\)\. .* SSL_CERT_FILE or by "extra_ca_file" in the configuration\.$/,
      );
    } finally {
      if (before === undefined) delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
      else process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = before;
    }
    expect(server.requests).toEqual([]);
  });

  test("in files that cannot be read are told", async () => {
    await using folder = await makeTestFolder();
    const empty = path.join(folder.path, "empty.pem");
    await writeFile(empty, "nothing");
    using missing = client({ env: { SSL_CERT_FILE: path.join(folder.path, "no.pem") } });
    expect(await failureOf(textAt(missing, "https://localhost:1/"))).toMatch(
      /no\.pem, named by SSL_CERT_FILE, cannot be read: there is no such file\.$/,
    );
    using odd = client({ extraCaFile: empty });
    expect(await failureOf(textAt(odd, "https://localhost:1/"))).toMatch(
      /empty\.pem, named by "extra_ca_file" of the configuration, has no certificate in PEM form\.$/,
    );
  });

  test("do not make up for another host's name", async () => {
    await using server = await start();
    await using proxy = await ProxyServer.start(server.port);
    using http = client({ env: { HTTPS_PROXY: proxy.address } });
    expect(await failureOf(textAt(http, "https://elsewhere.example/a"))).toMatch(
      /the certificate of elsewhere\.example is not valid: /,
    );
  });
});

describe("another attempt", () => {
  test.each([
    { name: "after 503", fault: { answer: { status: 503 } } },
    { name: "after 429 with Retry-After", fault: { answer: { status: 429, headers: { "retry-after": "0" } } } },
    { name: "after a connection that broke", fault: { reset: true } as const },
    { name: "after a body that broke off", fault: { cutAfter: 3 } },
    { name: "after silence", fault: { hang: true } as const, idleMs: 200 },
    { name: "after a body that stalled", fault: { stallAfter: 3 }, idleMs: 200 },
  ])("is made $name", async ({ fault, idleMs = 5000 }) => {
    await using server = await start();
    server.fail(/./, fault);
    const notices: string[] = [];
    using http = client({ idleMs });
    const answer = await http.read(new URL(`${server.url}/a`), {
      ...limits,
      notice: (text) => void notices.push(text),
    });
    expect(answer.content.toString()).toBe("content");
    expect(server.requests).toHaveLength(2);
    expect(notices).toHaveLength(1);
  });

  test("is made only so often", async () => {
    await using server = await start();
    server.fail(/busy/, ...Array.from({ length: 9 }, () => ({ answer: { status: 503 } })));
    server.fail(/broken/, ...Array.from({ length: 9 }, () => ({ reset: true }) as const));
    using http = client();
    expect((await http.read(new URL(`${server.url}/busy`), limits)).status).toBe(503);
    expect(await failureOf(textAt(http, `${server.url}/broken`))).toMatch(
      /\/broken failed: the connection to localhost:\d+ broke off\.$/,
    );
    expect(server.requests).toHaveLength(6);
  });

  test("is not made when nothing listens", async () => {
    const server = await start();
    const { url } = server;
    await server[Symbol.asyncDispose]();
    using http = client({ retries: { attempts: 3, firstDelayMs: 60_000 } });
    expect(await failureOf(textAt(http, `${url}/a`))).toMatch(/refuses connections\.$/);
  });

  test("ends when it is cancelled", async () => {
    await using server = await start();
    server.fail(/./, { answer: { status: 503, headers: { "retry-after": "60" } } });
    using http = client();
    const abort = new AbortController();
    const reason = new Error("stop");
    const read = http.read(new URL(`${server.url}/a`), {
      signal: abort.signal,
      maxBytes: 10,
      notice: () => abort.abort(reason),
    });
    await expect(read).rejects.toBe(reason);
  });
});

describe("redirects", () => {
  const to = (location: string, status = 302) => ({ answer: { status, headers: { location } } });

  test("are followed without the login when they lead to another origin", async () => {
    await using first = await start({ "/b": "same" });
    await using second = await start({ "/c": "other" });
    first.fail(/\/a/, to("/b"), to(`https://127.0.0.1:${second.port}/c`, 307));
    using http = client();
    const read = async () =>
      (await http.read(new URL(`${first.url}/a`), { ...limits, authorization: "Bearer s" })).content.toString();
    expect([await read(), await read()]).toEqual(["same", "other"]);
    expect(first.requests.map(({ authorization }) => authorization)).toEqual(Array(3).fill("Bearer s"));
    expect(second.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  test.each([
    {
      name: "to plain HTTP",
      location: "http://localhost:1/x?token=s3cret",
      want: /is refused: it is redirected to http:\/\/localhost:1\/x, which is http and not HTTPS\.$/,
    },
    {
      name: "to a file",
      location: "file:///etc/passwd",
      want: /redirected to file:\/\/\/etc\/passwd, which is file and not HTTPS\.$/,
    },
    { name: "to no URL", location: "https://[", want: /redirected to what is no URL\.$/ },
    { name: "in a circle", location: "/a", want: /redirected more than 10 times\.$/ },
  ])("$name are refused", async ({ location, want }) => {
    await using server = await start();
    server.fail(/./, ...Array.from({ length: 20 }, () => to(location)));
    using http = client();
    const message = await failureOf(textAt(http, `${server.url}/a`));
    expect(message).toMatch(want);
    expect(message).not.toContain("s3cret");
  });
});

test("plain HTTP is refused, except to this computer", async () => {
  using http = client();
  expect(await failureOf(textAt(http, "http://plugins.example/a"))).toMatch(
    /GET http:\/\/plugins\.example\/a is refused: only HTTPS is safe against changes on the way, and this is http\.$/,
  );
  expect(await failureOf(textAt(http, "http://127.0.0.1:1/a"))).toMatch(/refuses connections/);
});

test("answers larger than allowed are refused, also when they unpack to that", async () => {
  await using server = await start({ "/large": "x".repeat(1001) });
  using http = client();
  expect(await failureOf(textAt(http, `${server.url}/large`))).toMatch(/larger than the allowed 1000 bytes/);
  const packed = (size: number) => ({ content: gzipSync("x".repeat(size)), headers: { "content-encoding": "gzip" } });
  server.fail(/packed/, packed(1000), packed(10_000_000));
  expect(await textAt(http, `${server.url}/packed`)).toHaveLength(1000);
  expect(await failureOf(textAt(http, `${server.url}/packed`))).toMatch(/larger than the allowed 1000 bytes/);
});

test("of large pages that tell of errors only the beginning is read", async () => {
  await using server = await start();
  server.fail(/./, { answer: { status: 404, body: "x".repeat(5_000_000) } });
  using http = client();
  const { status, content } = await http.read(new URL(`${server.url}/b`), limits);
  expect(status).toBe(404);
  expect(content.length).toBeLessThan(200_000);
});

describe("a proxy", () => {
  test("is used for other hosts, with its login, and not for this computer", async () => {
    await using server = await start(undefined, ["plugins.example"]);
    await using proxy = await ProxyServer.start(server.port);
    using http = client({ env: { https_proxy: `http://me:p%40ss@${proxy.address}`, NO_PROXY: "other.example" } });
    expect(await textAt(http, "https://plugins.example/a")).toBe("content");
    expect(await textAt(http, "https://plugins.example/a")).toBe("content");
    expect(await textAt(http, `${server.url}/a`)).toBe("content");
    expect(proxy.connects).toEqual([`plugins.example:443 Basic ${Buffer.from("me:p@ss").toString("base64")}`]);
  });

  test.each([
    {
      name: "asks for a login",
      refusal: "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n",
      status: 407,
    },
    { name: "answers itself", refusal: "HTTP/1.1 201 OK\r\ncontent-length: 4\r\n\r\nevil", status: 201 },
    {
      name: "redirects",
      refusal: "HTTP/1.1 302 Found\r\nlocation: https://localhost:1/\r\ncontent-length: 0\r\n\r\n",
      status: 302,
    },
  ])("that $name is not taken for the server", async ({ refusal, status }) => {
    await using server = await start(undefined, ["plugins.example"]);
    await using proxy = await ProxyServer.start(server.port);
    proxy.refusal = refusal;
    using http = client({ env: { HTTPS_PROXY: `http://me:secret@${proxy.address}` } });
    const message = await failureOf(textAt(http, "https://plugins.example/a"));
    expect(message).toBe(
      `InstallError: GET https://plugins.example/a by the proxy http://${proxy.address}/ failed: the proxy answered ${status}. Check HTTPS_PROXY and NO_PROXY.`,
    );
  });

  test("may speak SOCKS", async () => {
    await using server = await start(undefined, ["plugins.example"]);
    await using proxy = await SocksServer.start(server.port);
    using http = client({ env: { HTTPS_PROXY: `socks5h://${proxy.address}` } });
    expect(await textAt(http, "https://plugins.example/a")).toBe("content");
    expect(proxy.connects).toEqual(["plugins.example:443"]);
  });

  test("that is not there is named", async () => {
    using http = client({ env: { HTTPS_PROXY: "http://me:secret@127.0.0.1:1" } });
    const message = await failureOf(textAt(http, "https://plugins.example/a"));
    expect(message).toBe(
      "InstallError: GET https://plugins.example/a by the proxy http://127.0.0.1:1/ failed: 127.0.0.1:1 refuses connections.",
    );
  });
});

test("errors have no secrets of URLs", async () => {
  using http = client();
  const message = await failureOf(textAt(http, "https://me:secret@127.0.0.1:1/a?token=secret#secret"));
  expect(message).toBe("InstallError: GET https://127.0.0.1:1/a failed: 127.0.0.1:1 refuses connections.");
});
