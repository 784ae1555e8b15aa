import { readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { rawZip } from "../raw-zip.js";
import { editLock, openPgpFile, sha256, type AttackScene, type ReleaseOptions } from "../attack-scene.js";
import type { TestAsset } from "../github-server.js";
import { makeOpenPgpAuthor, type OpenPgpAuthor } from "../openpgp-author.js";
import type { Attack } from "./attack.js";

const ELF_ARM64 = Buffer.concat([
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]),
  Buffer.alloc(11),
  Buffer.from([183, 0]),
  Buffer.alloc(64),
]);
const MACHO = Buffer.concat([Buffer.from([0xcf, 0xfa, 0xed, 0xfe, 0x07, 0, 0, 1]), Buffer.alloc(64)]);
const PE = Buffer.concat([Buffer.from("MZ"), Buffer.alloc(128)]);

/** Somebody who can write into a release, or into what it consists of on the way. */
export const ATTACKS_ON_RELEASES: readonly Attack[] = [
  {
    name: "an archive swapped for another one",
    async prepare(scene) {
      await scene.publish("1.0.0");
      const content = rawZip([{ ...scene.plugin("1.0.0"), mode: 0o100755 }]);
      await scene.servers.github.replaceAsset(scene.repository, "v1.0.0", {
        name: scene.archiveName("1.0.0"),
        content,
      });
    },
    refused:
      /is not the one that its checksum file names[^]*checksum file: sha256:[0-9a-f]{64}\n *downloaded: +sha256:[0-9a-f]{64}/,
  },
  {
    name: "an archive and its checksum file swapped after they were locked",
    installed: true,
    async prepare(scene) {
      const content = rawZip([{ ...scene.plugin("1.0.0"), mode: 0o100755 }]);
      for (const asset of await scene.release("1.0.0", { archive: content })) {
        await scene.servers.github.replaceAsset(scene.repository, "v1.0.0", asset);
      }
      const [plugin] = await scene.installed();
      if (plugin) await removePlugin(scene.root);
    },
    refused:
      /archive of \S+ 1\.0\.0 for any is not the one in \.ingot\.lock\.hcl\.\n *locked: sha256:\w+\n *found: +sha256:\w+/,
  },
  {
    name: "the release taken away and made again under the same tag, when upgrading",
    installed: true,
    async prepare(scene) {
      scene.servers.github.removeRelease(scene.repository, "v1.0.0");
      await scene.publish("1.0.0", { entries: [scene.plugin("1.0.0"), { name: "README.md", content: "new" }] });
    },
    init: { upgrade: true },
    refused: /is not the one in \.ingot\.lock\.hcl[^]*locked:[^]*found:/,
  },
  {
    name: "a truncated archive whose checksum was adapted",
    prepare: (scene) => scene.publish("1.0.0", { archive: rawZip([scene.plugin("1.0.0")]).subarray(0, 300) }),
    refused: /not a complete zip archive|damaged/,
  },
  {
    name: "a page of HTML for an archive",
    prepare: (scene) => scene.publish("1.0.0", { archive: Buffer.from("<html>login</html>") }),
    refused: /not a complete zip archive|damaged/,
  },
  {
    name: "no checksum file",
    async prepare(scene) {
      const assets = (await scene.release("1.0.0")).filter(({ name }) => !name.endsWith("SHA256SUMS"));
      await scene.servers.github.addRelease(scene.repository, "v1.0.0", assets);
    },
    refused: /has no checksum file .*: a plugin cannot be checked without it/,
  },
  {
    name: "a checksum file that doesn't name the archive",
    prepare: (scene) => scene.publish("1.0.0", { sums: () => `${"0".repeat(64)}  other.zip\n` }),
    refused: /lists no archive of this plugin and version/,
  },
  {
    name: "two different checksums for one archive",
    prepare: (scene) => scene.publish("1.0.0", { sums: (text) => `${"0".repeat(64)}${text.slice(64)}${text}` }),
    refused: /twice|two|different|more than once/,
  },
  {
    name: "a program for another machine inside",
    prepare: (scene) =>
      scene.publish("1.0.0", {
        platform: "linux_amd64",
        entries: [{ name: `ingot-plugin-${scene.name}`, content: ELF_ARM64, mode: 0o100755 }],
      }),
    refused: /ELF executable .* for arm64, not one for linux_amd64/,
  },
  {
    name: "a program for macOS inside",
    prepare: (scene) =>
      scene.publish("1.0.0", {
        platform: "linux_amd64",
        entries: [{ name: `ingot-plugin-${scene.name}`, content: MACHO, mode: 0o100755 }],
      }),
    refused: /macOS executable/,
  },
  {
    name: "a program for Windows inside",
    prepare: (scene) =>
      scene.publish("1.0.0", {
        platform: "linux_amd64",
        entries: [{ name: `ingot-plugin-${scene.name}`, content: PE, mode: 0o100755 }],
      }),
    refused: /Windows executable/,
  },
  {
    name: "another plugin inside",
    prepare: (scene) => scene.publish("1.0.0", { entries: [{ name: "ingot-plugin-other.mjs", content: "//" }] }),
    refused: /The archive has "ingot-plugin-other\.mjs", which is not the plugin/,
  },
  {
    name: "a plugin that says that it has another name",
    prepare: (scene) => scene.publish("1.0.0", { entries: [scene.plugin("1.0.0", "other")] }),
    refused: /says that it is called "other", but its release is of/,
  },
  {
    name: "an old version under a new name",
    prepare: (scene) => scene.publish("1.1.0", { entries: [scene.plugin("1.0.0")] }),
    refused: /says that it is version "1\.0\.0", but its release is 1\.1\.0/,
  },
  {
    name: "a checksum file of an old release under a new tag",
    async prepare(scene) {
      await scene.servers.github.addRelease(scene.repository, "v2.0.0", await scene.release("1.0.0"));
    },
    refused: /has no checksum file|lists no archive of this plugin and version/,
  },
  {
    name: "a signed checksum file of an old release under the name of a new one",
    async prepare(scene) {
      const old = readFileSync(openPgpFile("SHA256SUMS"));
      const stem = scene.stem("2.0.0");
      await scene.servers.github.addRelease(scene.repository, "v2.0.0", [
        { name: `${stem}_SHA256SUMS`, content: old },
        { name: `${stem}_SHA256SUMS.sig`, content: readFileSync(openPgpFile("ed25519.sig")) },
      ]);
    },
    init: { signatures: { policy: "require", keys: [{ pattern: "*", files: [openPgpFile("ed.asc")] }] } },
    refused: /lists no archive of this plugin and version/,
  },
  {
    name: "the newest releases withdrawn, to bring an old one back",
    installed: true,
    async prepare(scene) {
      scene.servers.github.removeRelease(scene.repository, "v1.0.0");
      await scene.publish("0.9.0");
    },
    init: { upgrade: true, constraint: ">= 0.1.0" },
    refused: /newest version of \S+ on offer is 0\.9\.0, which is older than 1\.0\.0 in \.ingot\.lock\.hcl/,
  },
  {
    name: "a locked version that is gone",
    installed: true,
    async prepare(scene) {
      scene.servers.github.removeRelease(scene.repository, "v1.0.0");
      await scene.publish("2.0.0");
      await removePlugin(scene.root);
    },
    refused: /is 1\.0\.0/,
  },
  signed("a signature by another key", { kind: "good", isOther: true }, /which is none of the keys of plugin_keys/),
  signed("a signature by a key that had expired", { kind: "expired" }, /the key, or the signature, had expired/),
  signed("a signature by a revoked key", { kind: "revoked" }, /the key is revoked/),
  signed(
    "a signature of another checksum file",
    { kind: "good", changed: (content) => Buffer.concat([content, Buffer.from("\n")]) },
    /made for other content than this checksum file/,
  ),
  {
    name: "a clear-signed text for a signature",
    prepare: (scene) =>
      scene.publish("1.0.0", {
        more: (_archive, { name }) => [{ name: `${name}.sig`, content: readFileSync(openPgpFile("clear-signed.sig")) }],
      }),
    init: { signatures: { policy: "require", keys: [{ pattern: "*", files: [openPgpFile("rsa.asc")] }] } },
    refused: /a detached signature of the checksum file is needed/,
  },
  {
    name: "no signature",
    prepare: (scene) => scene.publish("1.0.0"),
    init: { signatures: { policy: "require", keys: [{ pattern: "*", files: [openPgpFile("rsa.asc")] }] } },
    refused: /has no OpenPGP signature, although/,
  },
  {
    name: "a signature by another key than the locked one, by a key that is trusted, too",
    async prepare(scene) {
      const [ann, ben] = await Promise.all(["ann", "ben"].map((name) => makeOpenPgpAuthor(keyFile(scene, name))));
      const signedBy = (author: OpenPgpAuthor | undefined): NonNullable<ReleaseOptions["more"]> =>
        signatureOf((content) => (author === undefined ? Promise.resolve(content) : author.sign(content)));
      await scene.publish("1.0.0", { more: signedBy(ann) });
      if ((await scene.init({ signatures: trusting(scene, "ann") })) !== "") throw new Error("not installed");
      await scene.publish("1.1.0", { more: signedBy(ben) });
    },
    init: (scene) => ({ upgrade: true, signatures: trusting(scene, "ann", "ben") }),
    refused: /it is signed by openpgp:\w{40}, but the lock file says that openpgp:\w{40} signs this plugin/,
  },
  {
    name: "an attestation by another workflow than the locked one",
    async prepare(scene) {
      await writeFile(rootFile(scene), JSON.stringify(scene.servers.sigstore.trustedRoot));
      await scene.publish("1.0.0", { more: attestedBy(scene, "release.yml") });
      if ((await scene.init({ signatures: { trustedRootFile: rootFile(scene) } })) !== "")
        throw new Error("not installed");
      await scene.publish("1.1.0", { more: attestedBy(scene, "evil.yml") });
    },
    init: (scene) => ({ upgrade: true, signatures: { trustedRootFile: rootFile(scene) } }),
    refused: /signed by sigstore:\S+\/evil\.yml, but the lock file says that sigstore:\S+\/release\.yml signs/,
  },
  {
    name: "an attestation by a workflow of another repository",
    async prepare(scene) {
      await writeFile(rootFile(scene), JSON.stringify(scene.servers.sigstore.trustedRoot));
      await scene.publish("1.0.0", { more: attestedBy(scene, "release.yml", "https://github.com/mallory/fork") });
    },
    init: (scene) => ({ signatures: { policy: "require", trustedRootFile: rootFile(scene) } }),
    refused: /is by a workflow of https:\/\/github\.com\/mallory\/fork, not of/,
  },
  {
    name: "an attestation by an authority that isn't trusted",
    prepare: (scene) => scene.publish("1.0.0", { more: attestedBy(scene, "release.yml") }),
    init: { signatures: { policy: "require" } },
    refused: /bad Sigstore attestation: it cannot be verified/,
  },
  {
    name: "the attested archive of an old release under a new name",
    async prepare(scene) {
      await writeFile(rootFile(scene), JSON.stringify(scene.servers.sigstore.trustedRoot));
      const [old] = await scene.release("1.0.0");
      if (old === undefined) throw new Error("no archive");
      const attest = attestedBy(scene, "release.yml");
      await scene.publish("1.1.0", {
        archive: old.content as Uint8Array,
        more: async ({ name }) => (await attest(old)).map((bundle) => ({ ...bundle, name: `${name}.sigstore.json` })),
      });
    },
    init: (scene) => ({ signatures: { policy: "require", trustedRootFile: rootFile(scene) } }),
    refused: /is for the file \S+_v1\.0\.0_p1_any\.zip, not for \S+_v1\.1\.0_p1_any\.zip/,
  },
  {
    name: "an archive that lost its signature, after signers were locked",
    installed: true,
    async prepare(scene) {
      await editLock(scene, (text) =>
        text.replace(/^( *repository .*)$/m, `$1\n  signer = "openpgp:${"A".repeat(40)}"`),
      );
      await scene.publish("1.1.0");
    },
    init: { upgrade: true },
    refused: /it is not signed, but the lock file says that openpgp:A{40} signs this plugin/,
  },
  {
    name: "an attestation that is none",
    async prepare(scene) {
      await scene.publish("1.0.0");
      const [archive] = await scene.release("1.0.0");
      const hash = sha256(archive?.content as Uint8Array);
      scene.servers.github.addAttestation(scene.repository, hash, { mediaType: "\u001b[2Jx", dsseEnvelope: {} });
    },
    init: { signatures: { policy: "require" } },
    refused: /bad Sigstore attestation: it is no Sigstore bundle/,
  },
];

async function removePlugin(root: string): Promise<void> {
  await rm(root, { recursive: true });
  await mkdir(root, { mode: 0o700 });
}

interface Signing {
  readonly kind: Parameters<typeof makeOpenPgpAuthor>[1];
  /** Somebody else's key is trusted. */
  readonly isOther?: true;
  readonly changed?: (content: Uint8Array) => Uint8Array;
}

/** A release whose checksum file an author of this kind signed, where a signature is required. */
function signed(name: string, { kind, isOther, changed = (content) => content }: Signing, refused: RegExp): Attack {
  return {
    name,
    async prepare(scene) {
      const author = await makeOpenPgpAuthor(keyFile(scene, "ann"), kind);
      await makeOpenPgpAuthor(keyFile(scene, "ben"));
      await scene.publish("1.0.0", { more: signatureOf((content) => author.sign(changed(content))) });
    },
    init: (scene) => ({ signatures: { policy: "require", ...trusting(scene, isOther ? "ben" : "ann") } }),
    refused,
  };
}

function signatureOf(sign: (content: Uint8Array) => Promise<Uint8Array>): NonNullable<ReleaseOptions["more"]> {
  return async (_archive, { name, content }) => [
    { name: `${name}.sig`, content: await sign(Buffer.from(content as string)) },
  ];
}

function keyFile(scene: AttackScene, name: string): string {
  return path.join(scene.folder, `${name}.asc`);
}

function trusting(scene: AttackScene, ...names: readonly string[]) {
  return { keys: [{ pattern: "*", files: names.map((name) => keyFile(scene, name)) }] };
}

function rootFile(scene: AttackScene): string {
  return path.join(scene.folder, "root.json");
}

function attestedBy(scene: AttackScene, file: string, repository?: string) {
  const own = `https://github.com/${scene.repository}`;
  return async ({ name, content }: TestAsset): Promise<readonly TestAsset[]> => {
    const bundle = await scene.servers.sigstore.attest({
      subjects: [{ name, sha256: sha256(content as Uint8Array) }],
      workflow: `${repository ?? own}/.github/workflows/${file}@refs/tags/v1`,
      repository: repository ?? own,
    });
    return [{ name: `${name}.sigstore.json`, content: JSON.stringify(bundle) }];
  };
}
