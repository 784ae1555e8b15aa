import { gzipSync } from "node:zlib";
import type { AttackScene } from "../attack-scene.js";
import type { Fault } from "../test-server.js";
import type { Attack } from "./attack.js";

/** Servers, or people between, that answer what they like. */
export const ATTACKS_BY_SERVERS: readonly Attack[] = [
  onArchive(
    "a redirect to plain HTTP",
    answer(302, { location: "http://127.0.0.1:9/evil.zip" }),
    /http:.*(?:refused|not followed|https)/i,
  ),
  onArchive(
    "a redirect to a file",
    answer(302, { location: "file:///etc/passwd" }),
    /file:.*(?:refused|not followed|https)/i,
  ),
  onArchive("a redirect to no address", answer(302, { location: "https://[" }), /redirected to what is no URL/),
  onArchive(
    "a redirect with control characters",
    answer(302, { location: "https://127.0.0.1:1/%1b[2J" }),
    /%1b\[2J failed: 127\.0\.0\.1:1 refuses connections/,
  ),
  onArchive("a connection that is cut, each time at the same place", { cutAfter: 0 }, /connection|closed|cut|ended/i),
  onArchive("a body that stops in the middle", { stallAfter: 40 }, /nothing arrived|no data|seconds/i),
  onArchive("no answer", { hang: true }, /nothing arrived|no answer|seconds/i),
  onArchive("a length of eight gigabytes", answer(200, { "content-length": "9000000000" }, "x"), /bytes/),
  onArchive(
    "other content of the same name",
    { content: "x".repeat(100) },
    /is not the one that its checksum file names/,
  ),
  onArchive("a page of an error", answer(500, {}, "\u001b[2Jbroken"), /500/),
  {
    name: "a redirect without end",
    async prepare(scene) {
      await scene.publish("1.0.0");
      const at = `${scene.servers.github.webUrl}/again/${scene.name}`;
      const back = answer(302, { location: at });
      scene.servers.github.fail(
        new RegExp(`download/.*${scene.name}.*zip|again/${scene.name}`),
        ...Array<Fault>(40).fill(back),
      );
    },
    refused: /redirect/i,
  },
  onChecksums("a checksum file without end", { content: Buffer.alloc(4 << 20, "x\n") }, /bytes|large/),
  onChecksums(
    "a checksum file with a false length",
    answer(200, { "content-length": "10" }, "x".repeat(10)),
    /lists no archive/,
  ),
  onChecksums("a checksum file that stops in the middle", { stallAfter: 10 }, /nothing arrived|seconds/i),
  {
    name: "a signature without end",
    async prepare(scene) {
      const content = Buffer.alloc(4 << 20);
      await scene.publish("1.0.0", { more: (_archive, { name }) => [{ name: `${name}.sig`, content }] });
    },
    refused: /bytes|large/,
  },
  onList(
    "a list of releases that is none",
    { answer: { status: 200, body: '{"message":"hi"}' } },
    /not a list of releases/,
  ),
  onList(
    "a list of releases that isn't JSON",
    { answer: { status: 200, body: "<html>" } },
    /an answer that is not JSON/,
  ),
  onList(
    "a list of releases nested without end",
    { answer: { status: 200, body: "[".repeat(5_000_000) } },
    /an answer that is not JSON/,
  ),
  {
    name: "a bomb of gzip for a list",
    async prepare(scene) {
      await scene.publish("1.0.0");
      const headers = { "content-type": "application/json", "content-encoding": "gzip" };
      scene.servers.github.fail(listOf(scene), ...twice({ answer: { status: 200, headers, body: bomb() } }));
    },
    refused: /bytes|large/,
  },
  {
    name: "an error of the server with control characters",
    prepare(scene) {
      const body = JSON.stringify({ message: "\u001b]0;owned\u0007\u001b[2J\nIngot: all is well" });
      scene.servers.github.fail(listOf(scene), ...twice({ answer: { status: 403, body } }));
    },
    refused: /403[^]*\\u\{1b\}/,
  },
  ...[
    { name: "a tag that is a path", tag: "v1.0.0/../../evil" },
    { name: "a tag with a slash", tag: "release/v1.0.0" },
    { name: "a tag with control characters", tag: "v1.0.0\u001b[2J" },
    { name: "a tag with a line feed", tag: "v1.0.0\nv2.0.0" },
    { name: "a tag with a number of thirty digits", tag: `v${"9".repeat(30)}.0.0` },
    { name: "a tag with zeros in front", tag: "v01.0.0" },
    { name: "a tag of ten thousand characters", tag: `v1.0.0-${"a".repeat(10_000)}` },
    { name: "a tag with digits of other languages", tag: "v١.٠.٠" },
    { name: "a tag with metadata", tag: "v1.0.0+../../x" },
    { name: "a tag that is a name of JavaScript", tag: "__proto__" },
  ].map(({ name, tag }): Attack => ({
    name,
    async prepare(scene) {
      await scene.servers.github.addRelease(scene.repository, tag, await scene.release("1.0.0"));
    },
    refused: /No release of/,
  })),
  ...[
    { name: "an id of a file that is a path", change: { id: "../../../user" } },
    { name: "an id of a file that is no number", change: { id: { toString: "x" } } },
    { name: "a negative id of a file", change: { id: -1 } },
  ].map(({ name, change }): Attack => ({
    name,
    async prepare(scene) {
      await scene.publish("1.0.0");
      scene.servers.github.tokens.add("secret-token");
      rewriteAssets(scene, (asset) => ({ ...asset, ...change }));
    },
    init: { env: { INGOT_GITHUB_API_TOKEN: "secret-token" } },
    refused: /No release of|documented form|no release/i,
  })),
  ...[
    { name: "a name of a file that is a path", asset: "../../../../evil_SHA256SUMS" },
    { name: "a name of a file with control characters", asset: "ingot\u001b[2J\u0007_SHA256SUMS" },
    { name: "a name of a file that is a name of JavaScript", asset: "__proto__" },
  ].map(({ name, asset }): Attack => ({
    name,
    async prepare(scene) {
      await scene.publish("1.0.0");
      rewriteAssets(scene, (each) => (String(each["name"]).endsWith("SHA256SUMS") ? { ...each, name: asset } : each));
    },
    refused: /has no checksum file/,
  })),
  ...[
    { name: "a path for the name in the checksum file", line: (name: string) => `../../../${name}` },
    { name: "an absolute path for the name in the checksum file", line: (name: string) => `/tmp/${name}` },
    { name: "control characters in the name in the checksum file", line: (name: string) => `${name}\u001b[2J` },
    { name: "an API version that is a path", line: (name: string) => name.replace("_p1_", "_p1/../../evil_") },
    { name: "a platform that is a path", line: (name: string) => name.replace("_any", "_../../any") },
    {
      name: "another plugin's name in the checksum file",
      line: (name: string) => name.replace("plugin-g", "plugin-x"),
    },
    { name: "another version in the checksum file", line: (name: string) => name.replace("1.0.0", "1.0.1") },
  ].map(({ name, line }): Attack => ({
    name,
    prepare: (scene) => scene.publish("1.0.0", { sums: (text) => text.replace(scene.archiveName("1.0.0"), line) }),
    refused: /lists no archive of this plugin and version/,
  })),
  {
    name: "an API version that we don't speak",
    async prepare(scene) {
      const assets = await scene.release("1.0.0", { sums: (text) => text.replace("_p1_", "_p99_") });
      await scene.servers.github.addRelease(scene.repository, "v1.0.0", assets);
    },
    refused: /speaks version p99 of the plugin protocol; this Ingot speaks p1/,
  },
  {
    name: "a server that another authority vouches for",
    prepare: (scene) => scene.publish("1.0.0"),
    init: { env: { SSL_CERT_FILE: "/etc/ssl/certs/ca-certificates.crt" } },
    refused: /certificate|authority/i,
  },
  {
    name: "an address of the API without TLS",
    prepare: (scene) => scene.publish("1.0.0"),
    init: { env: { INGOT_GITHUB_API_URL: "http://127.0.0.1:9/" } },
    refused: /it has to begin with https:/,
  },
  {
    name: "a mirror without TLS",
    prepare: () => undefined,
    init: { mirror: "http://mirror.example.com/plugins" },
    refused: /refused: a mirror is a folder or a URL that begins with https:/,
  },
];

function answer(status: number, headers: Record<string, string>, body = ""): Fault {
  return { answer: { status, headers, body } };
}

function twice(fault: Fault): Fault[] {
  return Array<Fault>(2).fill(fault);
}

/** A hundred megabytes in a hundred kilobytes. */
function bomb(): Uint8Array {
  return gzipSync(Buffer.alloc(100 << 20, " "));
}

/** Lets the downloads of the archive go wrong. */
function onArchive(name: string, fault: Fault, refused: RegExp): Attack {
  return {
    name,
    async prepare(scene) {
      await scene.publish("1.0.0");
      scene.servers.github.failFile(
        new RegExp(`/files/${scene.stem("1.0.0")}.*\\.zip`),
        ...Array<Fault>(10).fill(fault),
      );
    },
    init: isSlow(fault) ? { idleMs: 400 } : {},
    refused,
  };
}

function onChecksums(name: string, fault: Fault, refused: RegExp): Attack {
  return {
    name,
    async prepare(scene) {
      await scene.publish("1.0.0");
      scene.servers.github.failFile(
        new RegExp(`/files/${scene.stem("1.0.0")}_SHA256SUMS`),
        ...Array<Fault>(10).fill(fault),
      );
    },
    init: isSlow(fault) ? { idleMs: 400 } : {},
    refused,
  };
}

function isSlow({ hang, stallAfter }: Fault): boolean {
  return hang === true || stallAfter !== undefined;
}

function onList(name: string, fault: Fault, refused: RegExp): Attack {
  return {
    name,
    async prepare(scene) {
      await scene.publish("1.0.0");
      scene.servers.github.fail(listOf(scene), ...Array<Fault>(10).fill(fault));
    },
    refused,
  };
}

function listOf(scene: AttackScene): RegExp {
  return new RegExp(`repos/${scene.owner}/\\S+/releases`);
}

/** Changes the files in the answers of the API. */
function rewriteAssets(scene: AttackScene, change: (asset: Record<string, unknown>) => unknown): void {
  const { github } = scene.servers;
  const before = github.rewrite;
  github.rewrite = (path, body) => {
    const answered = before(path, body);
    if (!path.includes(scene.owner) || !Array.isArray(answered)) return answered;
    return answered.map((release: { assets: Record<string, unknown>[] }) => ({
      ...release,
      assets: release.assets.map(change),
    }));
  };
}
