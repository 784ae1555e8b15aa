import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { AuthorFolder, pluginSource, workspace } from "./testing/pack-project.js";

const HERE = `${process.platform}_${{ x64: "amd64", ia32: "386" }[process.arch as string] ?? process.arch}`;

let author: AuthorFolder;
beforeEach(() => {
  author = new AuthorFolder();
});
afterEach(() => author.remove());

const releaseFiles = () => readdirSync(join(author.path, "release")).sort();
const read = (name: string) => readFileSync(join(author.path, name));

function run(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", env: { ...process.env, ...env } });
  if (status !== 0) throw new Error(`${command} failed: ${stderr}`);
  return stdout;
}

describe("a TypeScript project", () => {
  test("becomes an archive for any platform, a manifest and a checksum file", () => {
    author.project({ "src/main.ts": pluginSource(), LICENSE: "L", "README.md": "R", "secret.txt": "S" });
    const { status, stdout, stderr } = author.pack([]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const archive = "ingot-plugin-greet_v1.2.0_p1_any.zip";
    const manifest = "ingot-plugin-greet_v1.2.0_manifest.json";
    const checksums = "ingot-plugin-greet_v1.2.0_SHA256SUMS";
    expect(stdout).toBe(
      `Packed greet 1.2.0 with provisioner greet:\n  release/${archive}\n  release/${manifest}\n  release/${checksums}\n`,
    );
    expect(releaseFiles()).toEqual([checksums, manifest, archive]);
    run("sh", ["-c", `cd '${author.path}/release' && sha256sum --check --strict ${checksums}`]);

    run("unzip", ["-q", join(author.path, "release", archive), "-d", join(author.path, "out")]);
    expect(readdirSync(join(author.path, "out")).sort()).toEqual([
      "LICENSE",
      "README.md",
      "ingot-plugin-greet.describe.json",
      "ingot-plugin-greet.mjs",
    ]);
    const modes = ["ingot-plugin-greet.mjs", "LICENSE"].map(
      (name) => statSync(join(author.path, "out", name)).mode & 0o777,
    );
    expect(modes).toEqual([0o755, 0o644]);
    const described = JSON.parse(read("out/ingot-plugin-greet.describe.json").toString()) as Record<string, unknown>;
    const sha256 = createHash("sha256").update(read("out/ingot-plugin-greet.mjs")).digest("hex");
    expect(described).toMatchObject({ sha256, protocolVersion: 1 });
    expect(JSON.parse(read(`release/${manifest}`).toString())).toMatchObject({
      plugin: { name: "greet", version: "1.2.0" },
      archives: [{ file: archive, platform: "any" }],
      components: [{ kind: "provisioner", name: "greet", summary: "Greets." }],
    });
  });

  test("gives the same bytes each time, in whatever time zone, and removes what an earlier version left", () => {
    author.project({ "src/main.ts": pluginSource() });
    const done = { status: 0, stderr: "" };
    expect(author.pack([], { TZ: "Asia/Tokyo" })).toMatchObject(done);
    const first = releaseFiles().map((name) => read(`release/${name}`).toString("hex"));
    expect(author.pack([], { TZ: "America/New_York" })).toMatchObject(done);
    expect(releaseFiles().map((name) => read(`release/${name}`).toString("hex"))).toEqual(first);
    expect(author.pack([], { SOURCE_DATE_EPOCH: "1700000000" })).toMatchObject(done);
    expect(run("unzip", ["-l", join(author.path, "release/ingot-plugin-greet_v1.2.0_p1_any.zip")])).toContain(
      "2023-11-14 22:13",
    );
    author.write({ "release/notes.md": "kept", "src/main.ts": pluginSource({ version: "1.3.0" }) });
    expect(author.pack(["--version", "v1.3.0"])).toMatchObject(done);
    expect(releaseFiles().filter((name) => !name.includes("_v1.3.0_"))).toEqual(["notes.md"]);
  });

  test("may say its name and entry point in package.json", () => {
    const manifest = { name: "x", version: "1.2.0", ingot: { name: "greet", main: "plugin.mts" } };
    author.project({ "package.json": JSON.stringify(manifest), "plugin.mts": pluginSource() });
    expect(author.pack([])).toMatchObject({ status: 0, stderr: "" });
  });

  const packageJson = (fields: object) => ({ "package.json": JSON.stringify(fields) });
  const main = { "src/main.ts": pluginSource() };
  const mistakes: readonly { name: string; files: Readonly<Record<string, string>>; args?: string[]; says: RegExp }[] =
    [
      {
        name: "a package that isn't named after the plugin",
        files: { ...packageJson({ name: "x", version: "1.0.0" }), ...main },
        says: /Name the package ingot-plugin-NAME/,
      },
      {
        name: "no version",
        files: { ...packageJson({ name: "ingot-plugin-greet" }), ...main },
        says: /has no version/,
      },
      {
        name: "a version with metadata",
        files: { ...packageJson({ name: "ingot-plugin-greet", version: "1.0.0+x" }), ...main },
        says: /can't be a plugin's version/,
      },
      { name: "a name in upper case", files: main, args: ["--name", "Greet"], says: /can't be a plugin's name/ },
      { name: "package.json that isn't JSON", files: { "package.json": "{" }, says: /package.json can't be read/ },
      { name: "no entry point", files: {}, says: /No entry point was found/ },
      { name: "an entry point that isn't there", files: main, args: ["other.ts"], says: /other.ts doesn't exist/ },
      {
        name: "code that doesn't compile",
        files: { "src/main.ts": "const = 1;\n" },
        says: /can't be bundled.*src\/main.ts:1:7: Expected identifier/s,
      },
      {
        name: "a library that isn't installed",
        files: { "src/main.ts": 'import "nowhere";' },
        says: /Could not resolve "nowhere"/,
      },
      {
        name: "a library that is looked for at run time",
        files: { "src/main.ts": `${pluginSource()}\nawait import(["ssh", "2"].join(""));` },
        says: /doesn't start when nothing else is beside it.*Cannot find package 'ssh2'/s,
      },
      {
        name: "a program that isn't a plugin",
        files: { "src/main.ts": "console.log(1); process.exit(3);" },
        says: /doesn't start/,
      },
      {
        name: "another name than the plugin says",
        files: { "src/main.ts": pluginSource({ name: "hello" }) },
        says: /says that it is called "hello".*"greet"/,
      },
      {
        name: "another version than the plugin says",
        files: { "src/main.ts": pluginSource({ version: "1.1.0" }) },
        says: /says that its version is "1.1.0".*"1.2.0"/,
      },
    ];
  test.each(mistakes)("refused: $name", ({ files, args = [], says }) => {
    author.project(files);
    const { status, stdout, stderr } = author.pack(args);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(says);
    expect(stderr).toMatch(/^Error: /);
    expect(stderr).not.toContain("    at "); // no stack
    expect(readdirSync(author.path)).not.toContain("release");
  });

  test("without esbuild it is told what to install", () => {
    author.project(main);
    rmSync(join(author.path, "node_modules"));
    mkdirSync(join(author.path, "node_modules/@ingot"), { recursive: true });
    symlinkSync(join(workspace, "sdk"), join(author.path, "node_modules/@ingot/sdk"));
    expect(author.pack([]).stderr).toMatch(/^Error: esbuild is needed .* run npm install --save-dev esbuild/);
  });
});

describe("executables", () => {
  const elf = (machine: number) => {
    const bytes = Buffer.alloc(128);
    Buffer.from("7f454c4602010100", "hex").copy(bytes);
    bytes.writeUInt16LE(machine, 18);
    return bytes;
  };

  test("of several platforms become an archive each; the one that runs here is asked what it is", () => {
    author.project({ "src/main.ts": pluginSource() }).pack([]);
    run("unzip", ["-q", join(author.path, "release/ingot-plugin-greet_v1.2.0_p1_any.zip"), "-d", author.path]);
    author.write({
      "bin/here": `#!/bin/sh\nexec '${process.execPath}' '${author.path}/ingot-plugin-greet.mjs' "$@"\n`,
    });
    writeFileSync(join(author.path, "bin/far"), elf(183));
    const other = HERE === "linux_arm64" ? "freebsd_arm64" : "linux_arm64";
    const { stdout, stderr } = author.pack(["--executable", `${HERE}=bin/here`, "--executable", `${other}=bin/far`]);
    expect(stderr).toBe("");
    expect(stdout).toContain("Packed greet 1.2.0 with provisioner greet:");
    expect(releaseFiles().filter((name) => name.endsWith(".zip"))).toEqual(
      [HERE, other].sort().map((platform) => `ingot-plugin-greet_v1.2.0_p1_${platform}.zip`),
    );
    const listed = (platform: string) =>
      run("unzip", ["-Z1", join(author.path, `release/ingot-plugin-greet_v1.2.0_p1_${platform}.zip`)])
        .trim()
        .split("\n");
    expect(listed(HERE)).toEqual(["ingot-plugin-greet", "ingot-plugin-greet.describe.json"]);
    expect(listed(other)).toEqual(["ingot-plugin-greet"]);
  });

  test("of Windows get their extension", () => {
    author.write({ "a.exe": "#!x" });
    expect(author.pack(["--executable", "windows_amd64=a.exe", "--name", "a", "--version", "1.0.0"]).stdout).toMatch(
      /Packed a 1.0.0; none of its executables runs here/,
    );
    expect(run("unzip", ["-Z1", join(author.path, "release/ingot-plugin-a_v1.0.0_p1_windows_amd64.zip")])).toBe(
      "ingot-plugin-a.exe\n",
    );
  });

  const identity = ["--name", "a", "--version", "1.0.0"];
  test.each([
    { name: "without a platform", args: ["--executable", "file"], says: /takes PLATFORM=FILE/ },
    { name: "of no platform", args: ["--executable", "Linux/x64=file"], says: /is no platform/ },
    {
      name: "twice for one platform",
      args: ["--executable", "a_b=x", "--executable", "a_b=y"],
      says: /two executables for a_b/,
    },
    {
      name: "that aren't there",
      args: ["--executable", "plan9_amd64=nothing", ...identity],
      says: /nothing for plan9_amd64 doesn't exist/,
    },
    { name: "that are empty", args: ["--executable", "plan9_amd64=empty", ...identity], says: /is empty/ },
    {
      name: "of another machine",
      args: ["--executable", "linux_amd64=far", ...identity],
      says: /is an executable for elf_arm64, not for linux_amd64/,
    },
    {
      name: "for any platform",
      args: ["--executable", "any=far", ...identity],
      says: /only Node runs everywhere|not for any/,
    },
    {
      name: "that don't run here, without a name",
      args: ["--executable", "plan9_amd64=far"],
      says: /give --name and --version/,
    },
    {
      name: "together with an entry point",
      args: ["--executable", "plan9_amd64=far", "main.ts"],
      says: /Give one of the two/,
    },
    { name: "with an unknown option", args: ["--nope"], says: /Unknown option '--nope'\. See/ },
    { name: "not at all, where there is no project", args: [], says: /no package.json.*--executable/ },
  ])("refused: $name", ({ args, says }) => {
    author.write({ file: "x", empty: "" });
    writeFileSync(join(author.path, "far"), elf(183));
    const { status, stderr } = author.pack(args);
    expect(status).toBe(1);
    expect(stderr).toMatch(says);
  });
});

describe("signing", () => {
  test("with GnuPG, by the default key or the one that is named", () => {
    const home = join(author.path, "g"); // sockets need short paths
    mkdirSync(home, { mode: 0o700 });
    const env = { GNUPGHOME: home };
    for (const user of ["first@example.com", "second@example.com"]) {
      run("gpg", ["--batch", "--passphrase", "", "--quick-generate-key", user, "ed25519", "sign", "never"], env);
    }
    author.project({ "src/main.ts": pluginSource() });
    const checksums = join(author.path, "release/ingot-plugin-greet_v1.2.0_SHA256SUMS");
    const signer = () => {
      const { stderr } = spawnSync("gpg", ["--verify", `${checksums}.sig`, checksums], {
        encoding: "utf8",
        env: { ...process.env, ...env },
      });
      return /Good signature from "(.*?)"/.exec(stderr)?.[1];
    };
    expect(author.pack(["--sign"], env)).toMatchObject({ status: 0, stderr: "" });
    expect(signer()).toBe("first@example.com");
    expect(author.pack(["--sign=second@example.com"], env).stdout).toContain("_SHA256SUMS.sig\n");
    expect(signer()).toBe("second@example.com");
    expect(author.pack(["--sign=nobody@example.com"], env).stderr).toMatch(
      /can't be signed. .*No secret key|no secret key/i,
    );
    run("gpgconf", ["--kill", "all"], env);
  }, 60_000);
});

describe("publishing", () => {
  test("to a site adds a version, and never changes one", () => {
    author.project({ "src/main.ts": pluginSource() });
    expect(author.pack(["--site", "public"]).stdout).toContain("Added to the site: public/ingot-plugin-greet/1.2.0\n");
    author.write({ "src/main.ts": pluginSource({ version: "1.3.0" }) });
    expect(author.pack(["--site", "public", "--version", "1.3.0"])).toMatchObject({ status: 0, stderr: "" });
    const index = JSON.parse(read("public/ingot-plugin-greet/index.json").toString()) as { versions: object };
    expect(Object.keys(index.versions)).toEqual(["1.2.0", "1.3.0"]);
    expect(readdirSync(join(author.path, "public/ingot-plugin-greet/1.2.0"))).toHaveLength(3);
    expect(author.pack(["--site", "public", "--version", "1.3.0"]).stderr).toMatch(/has version 1.3.0 already/);
  });

  const canPush =
    spawnSync("skopeo", ["--version"]).status === 0 && spawnSync("docker-registry", ["--version"]).status === 0;
  (canPush ? test : test.skip)(
    "to a registry works with skopeo",
    async () => {
      author.project({ "src/main.ts": pluginSource() });
      expect(author.pack(["--oci", "oci"]).stdout).toContain("As an OCI image layout: oci, tag 1.2.0\n");
      const port = await freePort();
      author.write({
        "registry.yml": `version: 0.1\nstorage: {filesystem: {rootdirectory: ${author.path}/registry}}\nhttp: {addr: "127.0.0.1:${port}"}\n`,
      });
      const registry = spawn("docker-registry", ["serve", join(author.path, "registry.yml")], { stdio: "ignore" });
      try {
        const url = `http://127.0.0.1:${port}/v2/`;
        for (let tries = 0; !(await fetch(url).catch(() => undefined))?.ok; tries++) {
          if (tries === 200) throw new Error("the registry doesn't come up");
          await setTimeout(50);
        }
        const target = `docker://127.0.0.1:${port}/acme/ingot-plugin-greet:1.2.0`;
        run("skopeo", ["copy", "--insecure-policy", "--dest-tls-verify=false", `oci:${author.path}/oci:1.2.0`, target]);
        const accept = "application/vnd.oci.image.manifest.v1+json";
        const answer = await fetch(`${url}acme/ingot-plugin-greet/manifests/1.2.0`, { headers: { accept } });
        const manifest = (await answer.json()) as {
          artifactType: string;
          layers: { digest: string; annotations: Record<string, string> }[];
        };
        expect(manifest.artifactType).toBe("application/vnd.ingot.plugin.v1");
        for (const { digest, annotations } of manifest.layers) {
          const blob = await fetch(`${url}acme/ingot-plugin-greet/blobs/${digest}`);
          const name = annotations["org.opencontainers.image.title"] ?? "";
          expect(Buffer.from(await blob.arrayBuffer()).equals(read(`release/${name}`))).toBe(true);
        }
        expect(manifest.layers).toHaveLength(3);
      } finally {
        registry.kill();
      }
    },
    60_000,
  );

  async function freePort(): Promise<number> {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
});

test("the command explains itself", () => {
  expect(author.pack(["--help"]).stdout).toMatch(/^Usage: npx @ingot\/sdk pack/);
});
