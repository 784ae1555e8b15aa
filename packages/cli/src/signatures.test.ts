import { createHash } from "node:crypto";
import { cp, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, jest, test } from "@jest/globals";
import { createSigstoreAuthority, makeOpenPgpAuthor, type TestAsset } from "@ingot/installer/testing";
import { greetRelease, PluginScene, type Machine } from "./testing/plugin-scene.js";

jest.setTimeout(120_000); // processes are slow to start on a busy machine

const LOCK = ".ingot.lock.hcl";
const REPOSITORY = "acme/ingot-plugin-greet";

/** Writes the configuration file; relative names in it are those of files beside the template. */
async function configure(machine: Machine, configuration: object): Promise<Readonly<Record<string, string>>> {
  await writeFile(path.join(machine.place.folder, "ingot.json"), JSON.stringify(configuration));
  return { INGOT_CONFIG: "ingot.json" };
}

describe("signatures", () => {
  test("of OpenPGP are checked by the keys of the configuration, and their key is locked", async () => {
    await using scene = await PluginScene.make();
    const machine = await scene.machine(">= 1.0.0");
    const [ann, ben] = await Promise.all(
      ["ann", "ben"].map((name) => makeOpenPgpAuthor(path.join(machine.place.folder, `${name}.asc`))),
    );
    const publish = async (version: string, author: typeof ann): Promise<void> => {
      const files = greetRelease(version);
      const sums = files.find(({ name }) => name.endsWith("SHA256SUMS"));
      if (sums === undefined) throw new Error("no checksum file");
      const signature = await author?.sign(Buffer.from(sums.content as string));
      const more: TestAsset[] = signature === undefined ? [] : [{ name: `${sums.name}.sig`, content: signature }];
      await scene.github.addRelease(REPOSITORY, `v${version}`, [...files, ...more]);
    };
    await publish("1.0.0", ann);

    // Without keys the signature can't be checked.
    const unknown = await machine.says(["init", "."], { status: 1, env: { INGOT_PLUGIN_SIGNATURES: "require" } });
    expect(unknown).toMatch(
      /The plugin github\.com\/acme\/greet 1\.0\.0 is not installed: a signature is required .* by the OpenPGP key [0-9A-F]{16}, which plugin_keys doesn't name/,
    );
    expect(await machine.leftovers()).toEqual([]);

    const env = await configure(machine, {
      plugin_signatures: "require",
      plugin_keys: { "github.com/acme/*": ["ann.asc", "ben.asc"] },
    });
    expect(await machine.says(["init", "."], { env })).toContain("v1.0.0");
    const lock = await machine.place.read(LOCK);
    expect(lock).toMatch(/ {2}signer {6}= "openpgp:[0-9A-F]{40}"\n/);
    expect(await machine.says(["init", "."], { env })).toBe("");

    // Another key that is trusted, too, is another signer all the same; no signature is none.
    for (const [version, author, reason] of [
      ["1.1.0", ben, "it is signed by openpgp:"],
      ["1.2.0", undefined, "it has no OpenPGP signature"],
    ] as const) {
      await publish(version, author);
      for (const policy of ["warn", "require"]) {
        const said = await machine.says(["init", "-upgrade", "."], {
          status: 1,
          env: { ...env, INGOT_PLUGIN_SIGNATURES: policy },
        });
        expect(said).toContain(`${version} is not installed: `);
        expect(said).toContain(reason);
        expect(said).toContain("the lock file says that openpgp:");
      }
    }
    expect(await machine.place.read(LOCK)).toBe(lock);
    const off = { ...env, INGOT_PLUGIN_SIGNATURES: "off" };
    expect(await machine.says(["init", "-upgrade", "."], { env: off })).toContain("v1.2.0");
  });

  test("by workflows of GitHub need no keys, and their workflow is locked", async () => {
    await using scene = await PluginScene.make();
    const authority = await createSigstoreAuthority();
    const machine = await scene.machine(">= 1.0.0");
    await writeFile(path.join(machine.place.folder, "root.json"), JSON.stringify(authority.trustedRoot));
    const publish = async (version: string, workflow: string): Promise<void> => {
      const files = greetRelease(version);
      await scene.github.addRelease(REPOSITORY, `v${version}`, files);
      for (const { name, content } of files) {
        const sha256 = createHash("sha256")
          .update(content as Uint8Array)
          .digest("hex");
        const bundle = await authority.attest({
          subjects: [{ name, sha256 }],
          workflow: `https://github.com/${REPOSITORY}/.github/workflows/${workflow}@refs/tags/v${version}`,
          repository: `https://github.com/${REPOSITORY}`,
        });
        scene.github.addAttestation(REPOSITORY, sha256, bundle);
      }
    };
    await publish("1.0.0", "release.yml");
    const env = await configure(machine, { plugin_signatures: "require", sigstore_trusted_root: "root.json" });
    expect(await machine.says(["init", "."], { env })).toContain("v1.0.0");
    expect(await machine.place.read(LOCK)).toContain(
      `signer      = "sigstore:https://token.actions.githubusercontent.com#https://github.com/${REPOSITORY}/.github/workflows/release.yml"`,
    );
    await publish("1.1.0", "release.yml");
    expect(await machine.says(["init", "-upgrade", "."], { env })).toContain("v1.1.0");
    // A copy of the release for machines without a network has what is needed to check it.
    await machine.says(["plugins", "vendor", "mirror", "."], { env });
    const other = await scene.machine(">= 1.0.0");
    for (const name of ["mirror", "root.json", "ingot.json", LOCK])
      await cp(path.join(machine.place.folder, name), path.join(other.place.folder, name), { recursive: true });
    const requests = scene.takeRequests().length;
    expect(await other.says(["init", "-lockfile=readonly", "-mirror=mirror", "."], { env })).toContain("v1.1.0");
    expect(requests).toBeGreaterThan(0);
    expect(scene.takeRequests()).toEqual([]);

    await publish("1.2.0", "other.yml");
    expect(await machine.says(["init", "-upgrade", "."], { env, status: 1 })).toMatch(
      /it is signed by sigstore:\S+\/other\.yml, but the lock file says that sigstore:\S+\/release\.yml signs this plugin/,
    );
    expect(await machine.says(["build", "."], { env })).toContain("Stored file: note.txt");
  });

  test("wrong settings are told, with what they may be", async () => {
    await using scene = await PluginScene.make();
    const machine = await scene.machine(">= 1.0.0");
    await scene.publish("1.0.0");
    const said = await machine.says(["init", "."], { status: 1, env: { INGOT_PLUGIN_SIGNATURES: "maybe" } });
    expect(said).toContain('INGOT_PLUGIN_SIGNATURES must be off, warn or require, not "maybe"');
    const env = await configure(machine, { plugin_keys: { "acme*": "a.asc" } });
    expect(await machine.says(["init", "."], { status: 1, env })).toContain('"acme*" is no pattern');
  });
});
