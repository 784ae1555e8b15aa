import { existsSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { request, type IncomingMessage } from "node:http";
import { connect, createServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "@jest/globals";
import { schema as s } from "../../schema/schema.js";
import { reservePort } from "../reserve-port.js";
import { decode, makeFolder, partContext } from "../testing/part-session.js";
import { httpOptions, type HttpConfig } from "./http-options.js";
import { httpData, startHttpServer } from "./start-http-server.js";

const schema = s.object({ http: httpOptions() });

function configOf(value: object): HttpConfig {
  const { config, diagnostics } = decode(schema, {
    http_bind_address: "127.0.0.1",
    http_port_min: 20000,
    http_port_max: 30000,
    ...value,
  });
  if (config === undefined) throw new Error(diagnostics[0]?.summary);
  return config.http;
}

/** Asks with the path as it is: nothing is normalised on the way. */
async function ask(port: number, path: string, options: { readonly method?: string; readonly headers?: object } = {}) {
  const { method = "GET", headers = {} } = options;
  const sent = request({ host: "127.0.0.1", port, path, method, headers: { ...headers }, agent: false });
  sent.end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const { statusCode, headers: got } = response;
  return { status: statusCode, body: await text(response), headers: got };
}

describe("a folder", () => {
  test("is served with index, listing, ranges, redirects and types, and nothing outside of it", async () => {
    using folder = makeFolder();
    const root = join(folder.path, "www");
    mkdirSync(join(root, "list", "sub"), { recursive: true });
    mkdirSync(join(root, "site"));
    writeFileSync(join(folder.path, "secret"), "secret");
    writeFileSync(join(root, "ks.cfg"), "0123456789");
    utimesSync(join(root, "ks.cfg"), 1_700_000_000, 1_700_000_000);
    writeFileSync(join(root, "empty"), "");
    writeFileSync(join(root, "site", "index.html"), "<h1>hi");
    writeFileSync(join(root, "list", 'a <b>&"ü.json'), "{}");
    writeFileSync(join(root, "list", "bin"), Buffer.from([0, 1, 2]));
    symlinkSync("../secret", join(root, "link"));
    const context = partContext({ folder: folder.path });
    await using server = await startHttpServer(configOf({ http_directory: "www" }), context);
    const get = (path: string, headers?: object) => ask(server.port, path, headers === undefined ? {} : { headers });
    expect(context.said).toEqual([`Starting HTTP server on port ${server.port}`]);

    const plain = await get("/ks.cfg?x=1");
    expect(plain).toMatchObject({ status: 200, body: "0123456789" });
    expect(plain.headers).toMatchObject({
      "content-type": "text/plain; charset=utf-8",
      "content-length": "10",
      "last-modified": "Tue, 14 Nov 2023 22:13:20 GMT",
      "accept-ranges": "bytes",
    });
    expect(await get("/empty")).toMatchObject({ status: 200, body: "" });
    expect(await ask(server.port, "/ks.cfg", { method: "HEAD" })).toMatchObject({ status: 200, body: "" });
    expect(await get("/ks.cfg", { "if-modified-since": "Tue, 14 Nov 2023 22:13:20 GMT" })).toMatchObject({
      status: 304,
    });

    const ranges: readonly (readonly [range: string, status: number, body: string, contentRange?: string])[] = [
      ["bytes=2-4", 206, "234", "bytes 2-4/10"],
      ["bytes=7-", 206, "789", "bytes 7-9/10"],
      ["bytes=-2", 206, "89", "bytes 8-9/10"],
      ["bytes=-99", 206, "0123456789", "bytes 0-9/10"],
      ["bytes=5-99", 206, "56789", "bytes 5-9/10"],
      ["bytes=10-", 416, "invalid range: failed to overlap\n", "bytes */10"],
      ["bytes=5-2", 416, "invalid range: failed to overlap\n", "bytes */10"],
      ["bytes=0-1,4-5", 200, "0123456789"],
    ];
    for (const [range, status, body, contentRange] of ranges) {
      const answer = await get("/ks.cfg", { range });
      expect([range, answer.status, answer.body, answer.headers["content-range"]]).toEqual([
        range,
        status,
        body,
        contentRange,
      ]);
    }
    const changed = { range: "bytes=2-4", "if-range": "Tue, 14 Nov 2023 22:13:21 GMT" };
    expect(await get("/ks.cfg", changed)).toMatchObject({ status: 200, body: "0123456789" });

    expect(await get("/site/")).toMatchObject({ status: 200, body: "<h1>hi" });
    expect(await get("/site?a=b")).toMatchObject({ status: 301, headers: { location: "site/?a=b" } });
    expect(await get("/site/index.html")).toMatchObject({ status: 301, headers: { location: "./" } });
    expect(await get("/ks.cfg/")).toMatchObject({ status: 301, headers: { location: "../ks.cfg" } });
    const listing = await get("/list/");
    expect(listing.body).toContain('<a href="a%20%3Cb%3E%26%22%C3%BC.json">a &lt;b&gt;&amp;&#34;ü.json</a>');
    expect(listing.body).toContain('<a href="sub/">sub/</a>');
    const json = await get("/list/a%20%3Cb%3E%26%22%C3%BC.json");
    expect(json.headers["content-type"]).toBe("application/json");
    expect((await get("/list/bin")).headers["content-type"]).toBe("application/octet-stream");
    expect(await get("/link")).toMatchObject({ status: 200, body: "secret" }); // a link is the user's will

    for (const path of [
      "/../secret",
      "/%2e%2e/secret",
      "/..%2fsecret",
      "/list/../../secret",
      "//../secret",
      "/x/%2e%2e%2f%2e%2e%2fsecret",
    ]) {
      expect([path, await get(path)]).toMatchObject([path, { status: 404, body: "404 page not found\n" }]);
    }
    expect(await get("/%00")).toMatchObject({ status: 400 });
    expect(await get("/%zz")).toMatchObject({ status: 400 });
  });

  test("must be there", async () => {
    using folder = makeFolder();
    const starting = startHttpServer(configOf({ http_directory: "nowhere" }), partContext({ folder: folder.path }));
    await expect(starting).rejects.toThrow('Error finding "nowhere": stat nowhere: no such file or directory');
  });
});

test("texts are served by their path, with a hint for one that is nearly right", async () => {
  using folder = makeFolder();
  const http_content = { "/user-data": "#cloud-config", "/meta-data": "", "/a/b.html": "<html>", "/__proto__x": "p" };
  await using server = await startHttpServer(configOf({ http_content }), partContext({ folder: folder.path }));
  const get = (path: string) => ask(server.port, path);
  expect(await get("/user-data")).toMatchObject({ status: 200, body: "#cloud-config" });
  expect(await get("//a/./x/../b.html?q")).toMatchObject({
    status: 200,
    headers: { "content-type": "text/html; charset=utf-8" },
  });
  expect(await ask(server.port, "/meta-data", { method: "POST" })).toMatchObject({ status: 200, body: "" });
  expect(await get("/user_date")).toMatchObject({
    status: 404,
    body: '/user_date not found. Did you mean "/user-data"?',
  });
  expect(await get("/toString")).toMatchObject({ status: 404, body: "/toString not found." });
});

test("without folder and texts nothing is served", async () => {
  const context = partContext();
  await using server = await startHttpServer(configOf({}), context);
  expect([server.port, context.said]).toEqual([0, []]);
});

test("the port is free again after the end, also with a connection that stays open", async () => {
  using folder = makeFolder();
  const context = partContext({ folder: folder.path });
  const server = await startHttpServer(configOf({ http_content: { "/a": "b" } }), context);
  const lazy = connect(server.port, "127.0.0.1");
  lazy.on("error", () => {});
  await once(lazy, "connect");
  await server[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  expect(readdirSync(join(folder.path, "cache", "port"))).toEqual([]);
  const next = createServer().listen(server.port, "127.0.0.1");
  await once(next, "listening");
  next.close();
  lazy.destroy();
});

test("many servers at once get different ports of the range, never its end; one more waits", async () => {
  using folder = makeFolder();
  const base = 31_000 + (process.pid % 100) * 10;
  const config = configOf({ http_content: { "/a": "b" }, http_port_min: base, http_port_max: base + 5 });
  const start = () => startHttpServer(config, partContext({ folder: folder.path }));
  const servers = await Promise.all(Array.from({ length: 5 }, start));
  expect(servers.map(({ port }) => port).sort()).toEqual([0, 1, 2, 3, 4].map((index) => base + index));
  let hasStarted = false;
  const sixth = start().then((server) => {
    hasStarted = true;
    return server;
  });
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(hasStarted).toBe(false);
  await servers[2]?.[Symbol.asyncDispose]();
  expect((await sixth).port).toBe(servers[2]?.port);
  await Promise.all([...servers, await sixth].map((server) => server[Symbol.asyncDispose]()));
});

test("an address that is not ours ends the search, and so does cancelling", async () => {
  using folder = makeFolder();
  const config = configOf({ http_content: { "/a": "b" }, http_bind_address: "192.0.2.1" });
  await expect(startHttpServer(config, partContext({ folder: folder.path }))).rejects.toThrow(
    /^Error finding port: .*EADDRNOTAVAIL/,
  );
  expect(readdirSync(join(folder.path, "cache", "port"))).toEqual([]);
  const context = partContext({ folder: folder.path });
  await using taken = await reservePort({ min: 30_999, max: 30_999, address: "127.0.0.1" }, context);
  const stop = new AbortController();
  const waiting = reservePort({ min: taken.port, max: taken.port }, { ...context, signal: stop.signal });
  stop.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
});

test("a unix socket serves too", async () => {
  using folder = makeFolder();
  const value = {
    http_content: { "/a": "b" },
    http_network_protocol: "unix",
    http_bind_address: join(folder.path, "s"),
  };
  const server = await startHttpServer(configOf(value), partContext({ folder: folder.path }));
  const socketPath = `${join(folder.path, "s")}:${server.port}`;
  const sent = request({ socketPath, path: "/a", agent: false });
  sent.end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  expect(await text(response)).toBe("b");
  await server[Symbol.asyncDispose]();
  expect(existsSync(socketPath)).toBe(false);
});

test("tells provisioners where it is", () => {
  expect(httpData("10.0.2.2", 8123)).toEqual({
    PackerHTTPIP: "10.0.2.2",
    PackerHTTPPort: "8123",
    PackerHTTPAddr: "10.0.2.2:8123",
  });
  expect(httpData(undefined, undefined)).toEqual({
    PackerHTTPIP: "ERR_HTTP_IP_NOT_IMPLEMENTED_BY_BUILDER",
    PackerHTTPPort: "ERR_HTTP_PORT_NOT_IMPLEMENTED_BY_BUILDER",
    PackerHTTPAddr: "ERR_HTTP_ADDR_NOT_IMPLEMENTED_BY_BUILDER",
  });
});

test.each([
  {
    value: { http_bind_address: "1.2.3.4", http_interface: "eth0" },
    want: "either http_interface or http_bind_address can be specified",
  },
  { value: { http_port_min: 9000, http_port_max: 8999 }, want: "http_port_min must be less than http_port_max" },
  {
    value: { http_directory: "d", http_content: { "/a": "b" } },
    want: "http_content cannot be used in conjunction with http_dir. Consider using the file function to load file in memory and serve them with http_content: https://www.packer.io/docs/templates/hcl_templates/functions/file/file",
  },
  {
    value: { http_network_protocol: "udp" },
    want: "http_network_protocol is invalid. Must be one of: [tcp tcp4 tcp6 unix unixpacket]",
  },
  { value: { http_content: { a: "b" } }, want: "Unreachable http_content" },
])("options: $want", ({ value, want }) => {
  expect(decode(schema, value).diagnostics.map(({ summary }) => summary)).toEqual([want]);
});

test("options have the reference's defaults", () => {
  expect(decode(schema, {}).config?.http).toEqual({
    directory: "",
    content: {},
    portMin: 8000,
    portMax: 9000,
    bindAddress: "0.0.0.0",
    interface: "",
    networkProtocol: "tcp",
  });
});
