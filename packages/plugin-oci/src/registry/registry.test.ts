import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "@jest/globals";
import { buildImage } from "../testing/build-image.js";
import { readImage } from "../testing/read-image.js";
import { login, push, startRegistry, type TestRegistry } from "../testing/start-registry.js";
import { makeRootfs, run, testWith, withFolder } from "../testing/test-tools.js";
import { BlobCache } from "./blob-cache.js";
import { findCredentials } from "./registry-credentials.js";

const programs = ["busybox", "docker-registry", "skopeo", "openssl", "htpasswd"];

async function makeImage(folder: string): Promise<void> {
  await makeRootfs(folder);
  await buildImage({ folder, config: { base: "rootfs", output: "app", tags: ["1"], env: { FROM: "registry" } } });
}

const blobRequests = (registry: TestRegistry): number =>
  (registry.log().match(/GET \/v2\/team\/app\/blobs/g) ?? []).length;

describe("a base from a registry", () => {
  testWith(
    programs,
    "is pulled with a basic login, verified, and cached by digest",
    () =>
      withFolder(async (folder) => {
        await using registry = await startRegistry(folder, "htpasswd");
        await makeImage(folder);
        await push(registry, { from: `oci:${folder}/app:1`, name: "team/app:1" });
        const base = `${registry.host}/team/app:1`;
        const config = { base, ca_file: registry.caFile, ...login };
        const first = await buildImage({
          folder,
          config: { ...config, output: "one" },
          provision: async ({ sh }) => expect(await sh("cat /etc/motd; echo $FROM")).toBe("welcome\nregistry\n"),
        });
        expect(first.lines[0]).toBe(`Pulling the base image ${base}...`);
        const fetched = blobRequests(registry);
        expect(fetched).toBeGreaterThan(0);
        await buildImage({ folder, config: { ...config, output: "two" } });
        expect(blobRequests(registry)).toBe(fetched);
        const names = await readdir(join(folder, "cache/oci/blobs/sha256"));
        expect(names.filter((name) => !/^[0-9a-f]{64}$/.test(name))).toEqual([]);
        expect((await readImage(join(folder, "two"))).manifest.layers).toEqual(
          (await readImage(join(folder, "app"))).manifest.layers,
        );
      }),
    120_000,
  );

  testWith(
    programs,
    "is pulled with a token login, from stored credentials, also in Docker's format",
    () =>
      withFolder(async (folder) => {
        await using registry = await startRegistry(folder, "token");
        await makeImage(folder);
        const cert = ["--dest-cert-dir", join(folder, "certs")];
        await mkdir(join(folder, "certs"));
        await writeFile(join(folder, "certs/ca.crt"), await readFile(registry.caFile));
        await push(registry, { from: `oci:${folder}/app:1`, name: "team/app:1", more: [...cert, "--format", "v2s2"] });
        const auth = Buffer.from(`${login.username}:${login.password}`).toString("base64");
        process.env["REGISTRY_AUTH_FILE"] = join(folder, "auth.json");
        await writeFile(join(folder, "auth.json"), JSON.stringify({ auths: { [registry.host]: { auth } } }));
        await buildImage({
          folder,
          config: { base: `${registry.host}/team/app:1`, ca_file: registry.caFile },
          provision: async ({ sh }) => void (await sh("touch /x")),
        });
        const image = await readImage(join(folder, "out"));
        expect(image.manifest.layers.map(({ mediaType }) => mediaType)).toEqual(
          Array.from({ length: 2 }, () => "application/vnd.oci.image.layer.v1.tar+gzip"),
        );
        expect(image.config.config).toMatchObject({ Env: ["FROM=registry"] });
      }),
    120_000,
  );

  testWith(
    programs,
    "is chosen by platform, and pinned by digest needs no network",
    () =>
      withFolder(async (folder) => {
        const registry = await startRegistry(folder, "none");
        let base = "";
        try {
          await mkdir(join(folder, "all/blobs/sha256"), { recursive: true });
          await writeFile(join(folder, "all/oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
          const manifests: unknown[] = [];
          for (const platform of ["linux/amd64", "linux/arm64"]) {
            const name = platform.replace("/", "-");
            await buildImage({ folder, config: { base: "scratch", platform, output: name, labels: { platform } } });
            await run("sh", ["-c", `cp ${name}/blobs/sha256/* all/blobs/sha256/`], { cwd: folder });
            manifests.push((await readImage(join(folder, name))).index.manifests[0]);
          }
          const inner = JSON.stringify({
            schemaVersion: 2,
            mediaType: "application/vnd.oci.image.index.v1+json",
            manifests,
          });
          const hex = createHash("sha256").update(inner).digest("hex");
          await writeFile(join(folder, "all/blobs/sha256", hex), inner);
          const descriptor = {
            mediaType: "application/vnd.oci.image.index.v1+json",
            digest: `sha256:${hex}`,
            size: inner.length,
          };
          await writeFile(
            join(folder, "all/index.json"),
            JSON.stringify({ schemaVersion: 2, manifests: [descriptor] }),
          );
          await push(registry, { from: `oci:${folder}/all`, name: "team/app:1", isOpen: true, more: ["--all"] });
          base = `${registry.host}/team/app`;
          const config = { base, ca_file: registry.caFile };
          await expect(buildImage({ folder, config })).rejects.toThrow(`has no "${base}"`);
          await buildImage({
            folder,
            config: { ...config, base: `${base}:1`, platform: "linux/arm64", output: "arm" },
          });
          expect((await readImage(join(folder, "arm"))).config).toMatchObject({ architecture: "arm64" });
          const wrong = buildImage({ folder, config: { ...config, base: `${base}:1`, platform: "linux/s390x" } });
          await expect(wrong).rejects.toThrow("It has: linux/amd64, linux/arm64.");
          base = `${base}@sha256:${hex}`;
          await buildImage({ folder, config: { ...config, base, output: "online", platform: "linux/arm64" } });
        } finally {
          await registry[Symbol.asyncDispose]();
        }
        await buildImage({ folder, config: { base, output: "offline", platform: "linux/arm64" } });
        expect((await readImage(join(folder, "offline"))).config.config).toEqual({
          Labels: { platform: "linux/arm64" },
        });
      }),
    120_000,
  );

  testWith(
    programs,
    "that cannot be had is explained without secrets",
    () =>
      withFolder(async (folder) => {
        await using registry = await startRegistry(folder, "htpasswd");
        const base = `${registry.host}/team/app:1`;
        const failure = async (config: object): Promise<string> =>
          await buildImage({ folder, config: { base, ca_file: registry.caFile, ...config } }).then(
            () => "",
            (error: unknown) => String(error),
          );
        expect(await failure({})).toMatch(/does not give access to "team\/app"\. It asks for a login.*Set "username"/);
        const wrong = await failure({ username: "user", password: "wr0ng" });
        expect(wrong).toMatch(/It answered 401\. Check the user name and the password/);
        expect(wrong).not.toContain("wr0ng");
        expect(await failure({ ca_file: undefined, ...login })).toMatch(
          /certificate of localhost:\d+ is not trusted .* set "ca_file"/,
        );
        expect(await failure({ ca_file: join(folder, "no.pem"), ...login })).toMatch(/no\.pem cannot be read/);
        expect(await failure(login)).toMatch(/has no ".*team\/app:1"/);
        expect((await readdir(folder)).filter((name) => name.includes("out"))).toEqual([]);
      }),
    120_000,
  );
});

describe("the cache", () => {
  const digest = `sha256:${createHash("sha256").update("content").digest("hex")}`;
  const source = (text: string) => async () =>
    await Promise.resolve(
      (async function* () {
        yield Buffer.from(text);
      })(),
    );

  test("keeps a blob once, whoever comes first, and nothing that is damaged", () =>
    withFolder(async (folder) => {
      const cache = new BlobCache(folder);
      await expect(cache.file(digest, 7, source("c0ntent"))).rejects.toThrow("its digest should be");
      expect(await readdir(join(folder, "oci/blobs/sha256"))).toEqual([]);
      const paths = await Promise.all(
        Array.from({ length: 8 }, () => new BlobCache(folder).file(digest, 7, source("content"))),
      );
      expect(new Set(paths).size).toBe(1);
      expect(await readdir(join(folder, "oci/blobs/sha256"))).toEqual([digest.slice(7)]);
      expect(await cache.file(digest, 7, () => Promise.reject(new Error("not fetched again")))).toBe(paths[0]);
    }));
});

describe("stored credentials", () => {
  const before = process.env["REGISTRY_AUTH_FILE"];
  afterEach(() => {
    if (before === undefined) delete process.env["REGISTRY_AUTH_FILE"];
    else process.env["REGISTRY_AUTH_FILE"] = before;
  });

  test("are found in Docker's file, and by a credential helper", () =>
    withFolder(async (folder) => {
      await mkdir(join(folder, ".docker"));
      const auth = Buffer.from("me:pass:word").toString("base64");
      const document = { auths: { "https://reg.example/v2/": { auth } }, credHelpers: { "other.example": "test" } };
      await writeFile(join(folder, ".docker/config.json"), JSON.stringify(document));
      const environment = { HOME: folder };
      expect(await findCredentials("reg.example", environment)).toEqual({ username: "me", password: "pass:word" });
      expect(await findCredentials("third.example", environment)).toBeUndefined();
      const answer = `#!/bin/sh\ngrep -q other.example && echo '{"Username":"u","Secret":"p"}'\n`;
      await writeFile(join(folder, "docker-credential-test"), answer, { mode: 0o755 });
      const path = process.env["PATH"];
      process.env["PATH"] = `${folder}:${path ?? ""}`;
      try {
        expect(await findCredentials("other.example", environment)).toEqual({ username: "u", password: "p" });
      } finally {
        process.env["PATH"] = path;
      }
    }));
});
