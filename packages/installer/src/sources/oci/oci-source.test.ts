import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { PluginAddress } from "../../plugin-address.js";
import type { PluginSource } from "../../plugin-source.js";
import { address as addressOf, fail, failureOf } from "../../testing/github-scene.js";
import { greetRelease, sha256 } from "../../testing/greet-release.js";
import { pushRelease } from "../../testing/push-release.js";
import { REGISTRY_LOGIN, startRegistry, type TestRegistry } from "../../testing/start-registry.js";
import { StaticServer } from "../../testing/static-server.js";
import { TestAuthority } from "../../testing/test-authority.js";
import { makeTestFolder } from "../../testing/with-folder.js";
import { PluginSources } from "../plugin-sources.js";
import { findRegistry, registriesOf } from "./find-registry.js";

let authority: TestAuthority;
beforeAll(async () => void (authority = await TestAuthority.make()));
afterAll(async () => await authority[Symbol.asyncDispose]());

const options = { signal: new AbortController().signal };
const address = addressOf("plugins.acme.dev/tools/greet");

interface Scene extends AsyncDisposable {
  readonly folder: string;
  readonly push: (release?: Parameters<typeof greetRelease>[0]) => Promise<void>;
  readonly source: () => PluginSource;
}

async function setUp(server: string, dockerConfig?: object): Promise<Scene> {
  const home = await makeTestFolder();
  if (dockerConfig !== undefined) {
    await mkdir(path.join(home.path, ".docker"));
    await writeFile(path.join(home.path, ".docker/config.json"), JSON.stringify(dockerConfig));
  }
  const env = { HOME: home.path, PATH: `${home.path}:${process.env["PATH"]}`, SSL_CERT_FILE: authority.caFile };
  const common = {
    version: "1",
    env,
    registries: [`plugins.acme.dev=${server}`],
    retries: { attempts: 2, firstDelayMs: 1 },
  };
  const opened: PluginSources[] = [];
  return {
    folder: home.path,
    push: async (release) =>
      await pushRelease({
        server,
        repository: "tools/ingot-plugin-greet",
        tag: release?.version ?? "1.0.0",
        files: greetRelease(release),
        env,
      }),
    source: () => {
      const sources = new PluginSources({ ...common, workingDirectory: "/" });
      opened.push(sources);
      return sources.sourcesFor(address)[0] ?? fail("no source");
    },
    [Symbol.asyncDispose]: async () => {
      for (const sources of opened) sources[Symbol.dispose]();
      await home[Symbol.asyncDispose]();
    },
  };
}

const login = (registry: TestRegistry, entry: object) => ({ auths: { [registry.server]: entry } });
const basicEntry = { auth: Buffer.from(`${REGISTRY_LOGIN.username}:${REGISTRY_LOGIN.password}`).toString("base64") };

async function installedArchive(source: PluginSource, file: string, wanted: PluginAddress = address): Promise<string> {
  const [offer = fail("nothing on offer")] = await source.listVersions(wanted, options);
  const release = await source.openRelease(offer, options);
  const [archive = fail("no archive")] = release.archives;
  await release.fetchArchive(archive, file, { ...options, maxBytes: 1000 });
  return await readFile(file, "utf8");
}

describe("a registry without a login", () => {
  test("gives what was pushed, by few requests", async () => {
    await using registry = await startRegistry(authority, "none");
    await using scene = await setUp(registry.server);
    await scene.push();
    await scene.push({ version: "1.1.0", platforms: ["linux_amd64", "darwin_arm64"] });
    const before = (await registry.requestLines(16)).length;
    const source = scene.source();
    const offers = [...(await source.listVersions(address, options))].sort((a, b) =>
      a.version.localeCompare(b.version),
    );
    const repository = "oci://plugins.acme.dev/tools/ingot-plugin-greet";
    expect(offers).toEqual(["1.0.0", "1.1.0"].map((version) => ({ address, family: "ingot", version, repository })));
    const release = await source.openRelease(offers[1] ?? fail("none"), options);
    expect(release.archives.map(({ fileName }) => fileName).sort()).toEqual(
      ["darwin_arm64", "linux_amd64"].map((platform) => `ingot-plugin-greet_v1.1.0_p1_${platform}.zip`),
    );
    expect(await release.readSignature(options)).toBeUndefined();
    const [archive = fail("none")] = release.archives;
    const file = path.join(scene.folder, "a.zip");
    expect((await release.fetchArchive(archive, file, { ...options, maxBytes: 1000 })).sha256).toBe(archive.sha256);
    const base = "GET /v2/tools/ingot-plugin-greet";
    expect((await registry.requestLines(before + 4)).slice(before)).toEqual([
      `${base}/tags/list?n=1000 200`,
      `${base}/manifests/1.1.0 200`,
      `${base}/blobs/sha256:${sha256(Buffer.from(release.checksumFile.content))} 200`,
      `${base}/blobs/sha256:${archive.sha256} 200`,
    ]);
  });

  test("that doesn't know the plugin offers nothing", async () => {
    await using registry = await startRegistry(authority, "none");
    await using scene = await setUp(registry.server);
    expect(await scene.source().listVersions(address, options)).toEqual([]);
    expect(await registry.requestLines(2)).toEqual(
      ["ingot", "packer"].map((family) => `GET /v2/tools/${family}-plugin-greet/tags/list?n=1000 404`),
    );
    const offer = { address, family: "ingot", version: "1.0.0", repository: "" } as const;
    expect(await failureOf(scene.source().openRelease(offer, options))).toMatch(
      /has no tools\/ingot-plugin-greet:1\.0\.0\.$/,
    );
  });
});

describe("a registry with tokens", () => {
  test.each([
    { name: "the login that Docker keeps", config: (registry: TestRegistry) => login(registry, basicEntry) },
    { name: "an identity token", config: (registry: TestRegistry) => login(registry, { identitytoken: "identity" }) },
    {
      name: "a credential helper",
      config: (registry: TestRegistry) => ({
        auths: { [registry.server]: {} },
        credHelpers: { [registry.server]: "test" },
      }),
    },
  ])("opens by $name", async ({ config }) => {
    await using registry = await startRegistry(authority, "token");
    await using scene = await setUp(registry.server, config(registry));
    const answer = JSON.stringify({ Username: REGISTRY_LOGIN.username, Secret: REGISTRY_LOGIN.password });
    await writeFile(
      path.join(scene.folder, "docker-credential-test"),
      `#!/bin/sh\ngrep -q 127.0.0.1 && echo '${answer}'\n`,
      { mode: 0o755 },
    );
    await scene.push();
    expect(await installedArchive(scene.source(), path.join(scene.folder, "a.zip"))).toBe(
      "archive of ingot greet 1.0.0 for any",
    );
  });

  test.each([
    {
      name: "without a login",
      config: undefined,
      want: /the registry answered 401 \(UNAUTHORIZED: who are you\?\)\. Log in with "docker login 127\.0\.0\.1:\d+"\.$/,
    },
    {
      name: "with a wrong one",
      config: { auth: Buffer.from("user:wr0ng").toString("base64") },
      want: /Check what the stored login may do\.$/,
    },
  ])("stays closed $name", async ({ config, want }) => {
    await using registry = await startRegistry(authority, "token");
    await using scene = await setUp(registry.server, config && login(registry, config));
    const message = await failureOf(scene.source().listVersions(address, options));
    expect(message).toMatch(want);
    expect(message).not.toContain("wr0ng");
  });
});

describe("a registry that lies", () => {
  const manifest = (files: Record<string, string>, more: object = {}) =>
    JSON.stringify({
      artifactType: "application/vnd.ingot.plugin.v1",
      layers: Object.entries(files).map(([title, content]) => ({
        digest: `sha256:${createHash("sha256").update(content).digest("hex")}`,
        size: content.length,
        annotations: { "org.opencontainers.image.title": title },
      })),
      ...more,
    });
  const sumsOf = (content: string): string => `${sha256(content)}  ingot-plugin-greet_v1.0.0_p1_any.zip\n`;
  const files = {
    "ingot-plugin-greet_v1.0.0_SHA256SUMS": sumsOf("good"),
    "ingot-plugin-greet_v1.0.0_p1_any.zip": "good",
  };
  const base = "/v2/tools/ingot-plugin-greet";

  test.each([
    {
      name: "about the type",
      text: manifest(files, { artifactType: "application/vnd.oci.image" }),
      want: /it is no plugin: the type of the artifact has to be application\/vnd\.ingot\.plugin\.v1, and is application\/vnd\.oci\.image/,
    },
    {
      name: "by a path as a name",
      text: manifest({ ...files, "../../x": "x" }),
      want: /the name "\.\.\/\.\.\/x" of a file is not plain/,
    },
    {
      name: "by a name that is there twice",
      text: manifest(files).replace("[", `[${manifest(files).match(/\{"digest[^}]*\}\}/)?.[0]},`),
      want: /is there twice/,
    },
    { name: "by something that is not JSON", text: "<html>", want: /its manifest is not JSON/ },
  ])("$name is refused", async ({ text, want }) => {
    await using server = await StaticServer.start({ authority });
    await using scene = await setUp(`localhost:${server.port}`);
    server.files.set(`${base}/manifests/1.0.0`, text);
    const offer = { address, family: "ingot", version: "1.0.0", repository: "" } as const;
    expect(await failureOf(scene.source().openRelease(offer, options))).toMatch(want);
  });

  test("about the bytes of files is refused, and nothing is left", async () => {
    await using server = await StaticServer.start({ authority });
    await using scene = await setUp(`localhost:${server.port}`);
    server.files.set(`${base}/manifests/1.0.0`, manifest(files));
    const [sums, archive] = Object.values(files).map((content) => `${base}/blobs/sha256:${sha256(content)}`);
    server.files.set(sums ?? "", sumsOf("evil"));
    server.files.set(archive ?? "", "evil");
    const source = scene.source();
    const offer = { address, family: "ingot", version: "1.0.0", repository: "" } as const;
    expect(await failureOf(source.openRelease(offer, options))).toMatch(
      /gave other bytes for ingot-plugin-greet_v1\.0\.0_SHA256SUMS of .*: sha256:[0-9a-f]{64} is expected, and sha256:[0-9a-f]{64} came\.$/,
    );
    server.files.set(sums ?? "", files["ingot-plugin-greet_v1.0.0_SHA256SUMS"]);
    const release = await source.openRelease(offer, options);
    const file = path.join(scene.folder, "a.zip");
    const fetched = release.fetchArchive(release.archives[0] ?? fail("none"), file, { ...options, maxBytes: 1000 });
    expect(await failureOf(fetched)).toMatch(/gave other bytes for ingot-plugin-greet_v1\.0\.0_p1_any\.zip/);
    await expect(readFile(file)).rejects.toThrow("ENOENT");
  });
});

test.each([
  { host: "ghcr.io", want: "ghcr.io" },
  { host: "docker.io", want: "registry-1.docker.io" },
  { host: "acme.azurecr.io", want: "acme.azurecr.io" },
  { host: "europe-docker.pkg.dev", want: "europe-docker.pkg.dev" },
  { host: "evil-ghcr.io", want: undefined },
  { host: "ghcr.io.example", want: undefined },
  { host: "own.dev", want: "own.dev" },
  { host: "other.dev", want: "localhost:5000" },
])("the registry of $host is $want", ({ host, want }) => {
  expect(findRegistry(host, ["own.dev", "other.dev=localhost:5000"])).toBe(want);
});

test("registries are named by settings and by INGOT_PLUGIN_REGISTRIES", () => {
  const env = { INGOT_PLUGIN_REGISTRIES: "a.dev, b.dev=c.dev:5000," };
  expect(registriesOf({ env, registries: ["d.dev"] })).toEqual(["d.dev", "a.dev", "b.dev=c.dev:5000"]);
  expect(() => findRegistry("x.dev", ["https://x.dev"])).toThrow(
    '"https://x.dev" names no registry of plugins: it has to be HOST, or HOST=SERVER:PORT.',
  );
});
