import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { PluginSource } from "../../plugin-source.js";
import { address, fail, failureOf } from "../../testing/github-scene.js";
import { greetRelease, sha256 } from "../../testing/greet-release.js";
import { ProxyServer } from "../../testing/proxy-server.js";
import type { TestContent } from "../../testing/send-content.js";
import { StaticServer } from "../../testing/static-server.js";
import { TestAuthority } from "../../testing/test-authority.js";
import { makeTestFolder } from "../../testing/with-folder.js";
import { PluginSources, type PluginSourcesSettings } from "../plugin-sources.js";
import { indexText } from "./mirror-layout.js";

let authority: TestAuthority;
beforeAll(async () => void (authority = await TestAuthority.make()));
afterAll(async () => await authority[Symbol.asyncDispose]());

const options = { signal: new AbortController().signal };

function open(settings: Partial<PluginSourcesSettings> = {}): PluginSources {
  const env = { SSL_CERT_FILE: authority.caFile, HOME: "/nowhere", ...settings.env };
  const retries = { attempts: 2, firstDelayMs: 1 };
  return new PluginSources({ version: "1", workingDirectory: "/", retries, ...settings, env });
}

function one(sources: PluginSources, text?: string): PluginSource {
  const [source = fail("no source"), ...more] = sources.sourcesFor(address(text));
  expect(more).toEqual([]);
  return source;
}

/** Puts a release where a web server or a mirror has it. */
function offer(
  files: Map<string, TestContent>,
  folder: string,
  more: Parameters<typeof greetRelease>[0] & { repository?: string } = {},
): void {
  const { version = "1.0.0", family = "ingot", repository = "" } = more;
  files.set(`${folder}/index.json`, indexText(`${family}-plugin-greet`, [{ version, repository }]));
  for (const { name, content } of greetRelease(more)) files.set(`${folder}/${version}/${name}`, content);
}

describe("a web server of plugins", () => {
  test("has releases below the path of the address", async () => {
    await using server = await StaticServer.start({ authority, hostNames: ["plugins.example"] });
    await using proxy = await ProxyServer.start(server.port);
    await using folder = await makeTestFolder();
    offer(server.files, "/acme/team/ingot-plugin-greet", { repository: "https://elsewhere.example/claimed" });
    server.files.set("/acme/team/ingot-plugin-greet/1.0.0/ingot-plugin-greet_v1.0.0_SHA256SUMS.sig", "signature");
    using sources = open({ env: { HTTPS_PROXY: proxy.address } });
    const source = one(sources, "plugins.example/acme/team/greet");
    const offers = await source.listVersions(address("plugins.example/acme/team/greet"), options);
    const repository = "https://plugins.example/acme/team/ingot-plugin-greet";
    expect(offers).toEqual([
      { address: address("plugins.example/acme/team/greet"), family: "ingot", version: "1.0.0", repository },
    ]);
    const release = await source.openRelease(offers[0] ?? fail("none"), options);
    const [archive = fail("none")] = release.archives;
    const file = path.join(folder.path, "a.zip");
    expect((await release.fetchArchive(archive, file, { ...options, maxBytes: 1000 })).sha256).toBe(archive.sha256);
    expect(Buffer.from((await release.readSignature(options)) ?? []).toString()).toBe("signature");
    expect(await release.readAttestations(archive.sha256, options)).toEqual([]);
    const base = "GET /acme/team/ingot-plugin-greet";
    expect(server.requestLines()).toEqual([
      `${base}/index.json 200`,
      `${base}/1.0.0/ingot-plugin-greet_v1.0.0_SHA256SUMS 200`,
      `${base}/1.0.0/ingot-plugin-greet_v1.0.0_p1_any.zip 200`,
      `${base}/1.0.0/ingot-plugin-greet_v1.0.0_SHA256SUMS.sig 200`,
      `${base}/1.0.0/ingot-plugin-greet_v1.0.0_p1_any.zip.sigstore.json 404`,
    ]);
  });

  test("has Packer's plugins as HashiCorp's release site names them", async () => {
    await using server = await StaticServer.start({ authority, hostNames: ["plugins.example"] });
    await using proxy = await ProxyServer.start(server.port);
    const base = "/acme/packer-plugin-greet";
    server.files.set(
      `${base}/index.json`,
      JSON.stringify({
        name: "packer-plugin-greet",
        versions: { "1.0.0": { version: "1.0.0", builds: [] }, x: { version: "../x" }, y: 1 },
      }),
    );
    const manifest = '{"metadata":{"protocol_version":"5.0"}}';
    const manifestHash = sha256(manifest);
    const line = `${"a".repeat(64)}  packer-plugin-greet_1.0.0_linux_amd64.zip\n${manifestHash}  packer-plugin-greet_1.0.0_manifest.json\n`;
    server.files.set(`${base}/1.0.0/packer-plugin-greet_1.0.0_SHA256SUMS`, line);
    server.files.set(`${base}/1.0.0/packer-plugin-greet_1.0.0_manifest.json`, manifest);
    using sources = open({ env: { HTTPS_PROXY: proxy.address } });
    const source = one(sources, "plugins.example/acme/greet");
    const [found = fail("none"), ...more] = await source.listVersions(address("plugins.example/acme/greet"), options);
    expect(more).toEqual([]);
    const release = await source.openRelease(found, options);
    expect(release.archives).toEqual([
      {
        fileName: "packer-plugin-greet_1.0.0_linux_amd64.zip",
        sha256: "a".repeat(64),
        platform: { os: "linux", arch: "amd64" },
        api: "x5.0",
      },
    ]);
    expect((await release.readManifest(options))?.name).toBe("packer-plugin-greet_1.0.0_manifest.json");
    expect(server.requestLines()).toEqual([
      "GET /acme/ingot-plugin-greet/index.json 404",
      `GET ${base}/index.json 200`,
      `GET ${base}/1.0.0/packer-plugin-greet_1.0.0_SHA256SUMS 200`,
      `GET ${base}/1.0.0/packer-plugin-greet_1.0.0_manifest.json 200`,
    ]);
    server.files.set(`${base}/1.0.0/packer-plugin-greet_1.0.0_manifest.json`, `${manifest} `);
    expect(await failureOf(source.openRelease(found, options))).toMatch(
      /_manifest\.json of .* is not the one that the checksum file lists\.\n {2}listed: [0-9a-f]{64}\n {2}found: {2}[0-9a-f]{64}$/,
    );
    server.files.delete(`${base}/1.0.0/packer-plugin-greet_1.0.0_manifest.json`);
    expect(await failureOf(source.openRelease(found, options))).toMatch(
      /lists no archive of this plugin and version and no usable manifest packer-plugin-greet_1\.0\.0_manifest\.json\.$/,
    );
  });
});

describe("HashiCorp's release site", () => {
  test("is asked first, for HashiCorp's plugins only", async () => {
    await using server = await StaticServer.start({ authority });
    server.files.set(
      "/packer-plugin-docker/index.json",
      '{"versions":{"1.1.0":{"name":"packer-plugin-docker","version":"1.1.0"}}}',
    );
    using sources = open({ env: { INGOT_HASHICORP_RELEASES_URL: server.url } });
    const docker = address("github.com/hashicorp/docker");
    const [site = fail("none"), gitHub] = sources.sourcesFor(docker);
    expect(gitHub?.description).toBe("github.com");
    const offers = await site.listVersions(docker, options);
    expect(offers).toEqual([
      { address: docker, family: "packer", version: "1.1.0", repository: `${server.url}/packer-plugin-docker` },
    ]);
    expect(server.requestLines()).toEqual(["GET /packer-plugin-docker/index.json 200"]);
    expect(sources.sourcesFor(address("github.com/acme/docker")).map(({ description }) => description)).toEqual([
      "github.com",
    ]);
    expect(sources.sourcesFor(address("git.acme.dev/hashicorp/docker")).map(({ description }) => description)).toEqual([
      "git.acme.dev",
    ]);
  });
});

describe("a mirror", () => {
  const origin = "https://github.com/acme/ingot-plugin-greet";

  async function makeMirror(folder: string): Promise<void> {
    const files = new Map<string, TestContent>();
    offer(files, "/github.com/acme/ingot-plugin-greet", { repository: origin });
    for (const [name, content] of files) {
      const file = path.join(folder, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, content as string);
    }
  }

  test.each([
    { name: "a folder", mirror: (folder: string) => folder },
    { name: "a relative folder", mirror: (folder: string) => path.basename(folder) },
    { name: "a file: URL", mirror: (folder: string) => pathToFileURL(folder).href },
    { name: "a web server", mirror: (_folder: string, url: string) => `${url}/plugins/` },
  ])("that is $name is used alone, and tells where releases came from", async ({ mirror }) => {
    await using folder = await makeTestFolder();
    await makeMirror(path.join(folder.path, "plugins"));
    await using server = await StaticServer.start({ authority, folder: folder.path });
    using sources = open({
      mirror: mirror(path.join(folder.path, "plugins"), server.url),
      workingDirectory: folder.path,
    });
    const source = one(sources);
    const offers = await source.listVersions(address(), options);
    expect(offers).toEqual([{ address: address(), family: "ingot", version: "1.0.0", repository: origin }]);
    const release = await source.openRelease(offers[0] ?? fail("none"), options);
    const [archive = fail("none")] = release.archives;
    const file = path.join(folder.path, "a.zip");
    const progress: number[] = [];
    const fetched = await release.fetchArchive(archive, file, {
      ...options,
      maxBytes: 1000,
      progress: (done) => void progress.push(done),
    });
    expect(fetched).toEqual({ sha256: archive.sha256, size: 36 });
    expect(sha256(await readFile(file))).toBe(archive.sha256);
    expect(progress.at(-1)).toBe(36);
    const missing = one(sources, "github.com/acme/other").listVersions(address("github.com/acme/other"), options);
    expect(await failureOf(missing)).toMatch(
      /Neither \S+acme\/ingot-plugin-other\/index.json nor \S+acme\/packer-plugin-other\/index.json is there\. Check /,
    );
    const refused = release.fetchArchive(archive, path.join(folder.path, "b.zip"), { ...options, maxBytes: 10 });
    expect(await failureOf(refused)).toMatch(/is larger than the allowed 10 bytes/);
  });

  test("gets the login of its URL, which is in no message", async () => {
    await using server = await StaticServer.start({ authority });
    offer(server.files, "/github.com/acme/ingot-plugin-greet");
    using sources = open({ mirror: server.url.replace("https://", "https://me:p%40ss@") });
    const source = one(sources);
    expect(source.description).toBe(`the mirror ${server.url}`);
    expect(await source.listVersions(address(), options)).toHaveLength(1);
    expect(server.requests[0]?.authorization).toBe(`Basic ${Buffer.from("me:p@ss").toString("base64")}`);
    server.fail(/./, { answer: { status: 401 } });
    expect(await failureOf(source.listVersions(address(), options))).toMatch(
      /^InstallError: GET https:\/\/localhost:\d+\/github\.com\/acme\/ingot-plugin-greet\/index\.json failed: the server answered 401\. A login can stand in the URL/,
    );
  });

  test("may be on this computer without TLS, and nowhere else", async () => {
    const server = createServer(
      (_request, response) =>
        void response.end(indexText("ingot-plugin-greet", [{ version: "1.0.0", repository: "" }])),
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      using sources = open({ mirror: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
      expect(await one(sources).listVersions(address(), options)).toHaveLength(1);
    } finally {
      server.close();
      server.closeAllConnections();
    }
    expect(() => open({ mirror: "http://me:secret@plugins.example/x" })).toThrow(
      "The plugin mirror http://plugins.example/x is refused: a mirror is a folder or a URL that begins with https://, which is safe against changes on the way.",
    );
    expect(() => open({ mirror: "ftp://plugins.example/x" })).toThrow("is refused");
    expect(() => open({ mirror: "file://elsewhere/x" })).toThrow("names no folder of this computer");
  });

  test("that is not there is told", async () => {
    using sources = open({ mirror: "/no/such/folder" });
    expect(await failureOf(one(sources).listVersions(address(), options))).toMatch(
      /The plugin mirror \/no\/such\/folder is not a folder\. Check -mirror, INGOT_PLUGIN_MIRROR or "plugin_mirror" of the configuration\.$/,
    );
  });

  test("with an index that is none is told", async () => {
    await using server = await StaticServer.start({ authority });
    server.files.set("/github.com/acme/ingot-plugin-greet/index.json", "[]");
    using sources = open({ mirror: server.url });
    expect(await failureOf(one(sources).listVersions(address(), options))).toMatch(
      /index\.json is not a list of versions: it has to be \{"versions": \{\.\.\.\}\}\.$/,
    );
  });

  test("cannot claim odd origins", async () => {
    await using server = await StaticServer.start({ authority });
    const claims = [
      "javascript:x",
      "https://me:secret@x.dev/",
      "https://x.dev/\u001b[2J",
      `https://x.dev/${"x".repeat(600)}`,
    ];
    using sources = open({ mirror: server.url });
    for (const repository of claims) {
      offer(server.files, "/github.com/acme/ingot-plugin-greet", { repository });
      expect((await one(sources).listVersions(address(), options))[0]?.repository).toBe(origin);
    }
  });
});

test.each([
  "github.com/../greet",
  "github.com/a%2fb/greet",
  "exa_mple.com/acme/greet",
  "plugins.example/acme//greet",
  "-x.com/acme/greet",
  "plugins.example/.git/greet",
])("the address %s is refused", (text) => {
  using sources = open();
  expect(() => sources.sourcesFor(address(text))).toThrow("is not usable");
});
