import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { rawZip } from "../raw-zip.js";
import { sha256, type AttackScene, type InitOptions } from "../attack-scene.js";
import type { Attack } from "./attack.js";

/** Mirrors, web servers, HashiCorp's release site and registries that give something else than what they should. */
export const ATTACKS_BY_MIRRORS: readonly Attack[] = [
  {
    name: "a mirror with another archive than the lock file has",
    installed: true,
    async prepare(scene) {
      const archive = rawZip([{ ...scene.plugin("1.0.0"), mode: 0o100755 }]);
      await fillMirror(scene, await scene.release("1.0.0", { archive }));
      await emptyPluginFolder(scene);
    },
    init: (scene) => ({ mirror: mirrorOf(scene) }),
    refused: /is not the one in \.ingot\.lock\.hcl[^]*locked:[^]*found:/,
  },
  {
    name: "a mirror with an archive that its checksum file doesn't fit",
    async prepare(scene) {
      const [archive, sums] = await scene.release("1.0.0");
      if (archive === undefined || sums === undefined) throw new Error("no release");
      await fillMirror(scene, [{ ...archive, content: "other" }, sums]);
    },
    init: (scene) => ({ mirror: mirrorOf(scene) }),
    refused: /is not the one that its checksum file names/,
  },
  {
    name: "a mirror that isn't there",
    prepare: () => undefined,
    init: (scene) => ({ mirror: mirrorOf(scene) }),
    refused: /is not a folder\. Check -mirror/,
  },
  ...[
    { name: "an index that names a path for a version", index: { versions: { "1.0.0": { version: "../../1.0.0" } } } },
    {
      name: "an index with control characters in a version",
      index: { versions: { x: { version: "1.0.0\u001b[2J" } } },
    },
    { name: "an index of numbers", index: { versions: { "1.0.0": 1, "2.0.0": null, "3.0.0": { version: 3 } } } },
    {
      name: "an index with a version of a hundred digits",
      index: { versions: { x: { version: `${"9".repeat(100)}.0.0` } } },
    },
  ].map(({ name, index }): Attack => ({
    name,
    prepare: (scene) => serveIndex(scene, JSON.stringify(index)),
    init: (scene) => ({ mirror: scene.servers.web.url }),
    refused: /No release of|no version/,
  })),
  ...[
    { name: "an index that is no list of versions", index: '{"versions":[]}' },
    { name: "an index that isn't JSON", index: "<html>" },
    { name: "an index of a hundred thousand versions", index: manyVersions() },
  ].map(({ name, index }): Attack => ({
    name,
    prepare: (scene) => serveIndex(scene, index),
    init: (scene) => ({ mirror: scene.servers.web.url }),
    refused: /is not a list of versions/,
  })),
  {
    name: "an index with the names of JavaScript's objects",
    prepare: (scene) =>
      serveIndex(
        scene,
        '{"__proto__":{"versions":{"9.0.0":{"version":"9.0.0"}}},"versions":{"__proto__":{"version":"1.0.0"}}}',
      ),
    init: (scene) => ({ mirror: scene.servers.web.url }),
    refused: /\/1\.0\.0 has no checksum file/,
  },
  {
    name: "a manifest whose API version is a path",
    async prepare(scene) {
      const site = `packer-plugin-${scene.name}`;
      const { files } = scene.servers.web;
      files.set(`/${site}/index.json`, JSON.stringify({ versions: { "1.0.0": { version: "1.0.0" } } }));
      files.set(`/${site}/1.0.0/${site}_1.0.0_SHA256SUMS`, `${"0".repeat(64)}  ${site}_1.0.0_linux_amd64.zip\n`);
      const metadata = { protocol_version: "5.0/../../evil" };
      files.set(`/${site}/1.0.0/${site}_1.0.0_manifest.json`, JSON.stringify({ metadata }));
      await Promise.resolve();
    },
    init: (scene) => ({
      address: `github.com/hashicorp/${scene.name}`,
      env: { INGOT_HASHICORP_RELEASES_URL: scene.servers.web.url },
    }),
    refused: /lists no archive of this plugin and version and no usable manifest/,
  },
  onRegistry(
    "a registry with other bytes than its manifest says",
    { spoil: "blob" },
    /gave other bytes for .*: sha256:\w+ is expected, and sha256:\w+ came/,
  ),
  onRegistry(
    "a registry with another checksum file than its manifest says",
    { spoil: "sums" },
    /gave other bytes for \S+_SHA256SUMS/,
  ),
  onRegistry("an artifact of another type", { type: "application/vnd.oci.image.config.v1+json" }, /it is no plugin/),
  onRegistry("an artifact with a path for a title", { title: "../../evil" }, /is not plain/),
  onRegistry("an artifact with a digest that is a path", { digest: "sha256:../../../evil" }, /has no SHA-256 digest/),
];

function mirrorOf(scene: AttackScene): string {
  return path.join(scene.folder, "mirror");
}

async function emptyPluginFolder(scene: AttackScene): Promise<void> {
  const { rm } = await import("node:fs/promises");
  await rm(scene.root, { recursive: true });
  await mkdir(scene.root, { mode: 0o700 });
}

async function fillMirror(scene: AttackScene, files: Awaited<ReturnType<AttackScene["release"]>>): Promise<void> {
  const folder = path.join(mirrorOf(scene), "github.com", scene.owner, `ingot-plugin-${scene.name}`);
  await mkdir(path.join(folder, "1.0.0"), { recursive: true });
  await writeFile(path.join(folder, "index.json"), JSON.stringify({ versions: { "1.0.0": { version: "1.0.0" } } }));
  for (const { name, content } of files) await writeFile(path.join(folder, "1.0.0", name), content as Uint8Array);
}

function serveIndex(scene: AttackScene, text: string): void {
  scene.servers.web.files.set(`/github.com/${scene.owner}/ingot-plugin-${scene.name}/index.json`, text);
}

function manyVersions(): string {
  const entries = Array.from({ length: 100_000 }, (_, index) => [`1.0.${index}`, { version: `1.0.${index}` }]);
  return JSON.stringify({ versions: Object.fromEntries(entries) as unknown });
}

interface Spoiled {
  readonly spoil?: "blob" | "sums";
  readonly type?: string;
  readonly title?: string;
  readonly digest?: string;
}

/** A plugin in a registry, with something wrong. */
function onRegistry(name: string, spoiled: Spoiled, refused: RegExp): Attack {
  return {
    name,
    async prepare(scene) {
      const { files } = scene.servers.web;
      const base = `/v2/${scene.owner}/ingot-plugin-${scene.name}`;
      const release = await scene.release("1.0.0");
      const layers = release.map(({ name: title, content }, index) => {
        const bytes = Buffer.from(content as Uint8Array);
        const digest = `sha256:${sha256(bytes)}`;
        const isSpoiled = spoiled.spoil === (index === 0 ? "blob" : "sums");
        files.set(`${base}/blobs/${digest}`, isSpoiled ? Buffer.from("other bytes") : bytes);
        const annotations = { "org.opencontainers.image.title": spoiled.title ?? title };
        return { digest: spoiled.digest ?? digest, size: bytes.length, annotations };
      });
      const artifactType = spoiled.type ?? "application/vnd.ingot.plugin.v1";
      files.set(`${base}/tags/list`, JSON.stringify({ tags: ["1.0.0"] }));
      files.set(`${base}/manifests/1.0.0`, JSON.stringify({ schemaVersion: 2, artifactType, layers }));
    },
    init: (scene): InitOptions => ({
      address: `oci.example/${scene.owner}/${scene.name}`,
      registries: [`oci.example=localhost:${scene.servers.web.port}`],
    }),
    refused,
  };
}
