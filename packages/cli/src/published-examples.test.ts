import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, jest, test } from "@jest/globals";
import { GitHubServer, startRegistry, StaticServer, TestAuthority, type TestRegistry } from "@ingot/installer/testing";
import { Workplace } from "./testing/run-ingot.js";

jest.setTimeout(300_000); // the plugins in Go and Python may have to be built first

const workspace = fileURLToPath(new URL("../../..", import.meta.url));
const examples = path.join(workspace, "examples/plugins");
const sdk = path.join(workspace, "sdk/bin/ingot-sdk.js");
const script = path.join(workspace, "scripts/build-example-plugins.mjs");
const built = JSON.parse(execFileSync(process.execPath, [script, "--json"], { encoding: "utf8" })) as {
  readonly skipped: Readonly<Record<string, string>>;
};
const has = (program: string) => spawnSync(program, ["--version"]).status === 0;
const isComplete = Object.keys(built.skipped).length === 0 && has("skopeo") && has("docker-registry");
const testIfComplete = isComplete || process.env["CI"] === "true" ? test : test.skip;

const root = mkdtempSync(path.join(tmpdir(), "ingot-published-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function run(command: string, args: readonly string[], cwd = root): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`);
  return stdout;
}

/** Packs an example and gives its release's files. */
function pack(folder: string, args: readonly string[]): string {
  return run(process.execPath, [sdk, "pack", "--out", path.join(root, folder), ...args], path.join(examples, folder));
}

/** Pushes the image layout that `pack --oci` has made, with the tool that the documentation names. */
function push(registry: TestRegistry, authority: TestAuthority): void {
  const certificates = path.join(root, "certificates");
  mkdirSync(certificates);
  copyFileSync(authority.caFile, path.join(certificates, "ca.crt"));
  const target = `docker://${registry.server}/acme/ingot-plugin-greet:0.1.0`;
  run("skopeo", ["--insecure-policy", "copy", "--dest-cert-dir", certificates, `oci:${root}/oci:0.1.0`, target]);
}

testIfComplete(
  "the examples in TypeScript, Go and Python are packed, published in a registry, on a site and on GitHub, installed and built with",
  async () => {
    const platform = `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;
    await using authority = await TestAuthority.make();
    await using registry = await startRegistry(authority, "none");
    await using github = await GitHubServer.start({ authority });
    await using site = await StaticServer.start({ authority, folder: path.join(root, "public") });

    pack("typescript", ["--oci", path.join(root, "oci")]);
    push(registry, authority);
    pack("go", ["--executable", `${platform}=bin/ingot-plugin-folder`, "--site", path.join(root, "public/tools")]);
    run(path.join(examples, "python/pack.sh"), []);
    const release = path.join(examples, "python/release");
    const files = readdirSync(release).map((name) => ({ name, content: readFileSync(path.join(release, name)) }));
    await github.addRelease("acme/ingot-plugin-render", "v0.1.0", files);

    await using place = await Workplace.make();
    cpSync(path.join(workspace, "examples/three-languages"), place.folder, { recursive: true });
    const sources = {
      greet: "registry.example/acme/greet",
      folder: `127.0.0.1:${site.port}/tools/folder`,
      render: "github.com/acme/render",
    };
    const required = Object.entries(sources).map(
      ([name, source]) => `    ${name} = {\n      source = "${source}"\n      version = "~> 0.1"\n    }\n`,
    );
    writeFileSync(
      path.join(place.folder, "plugins.pkr.hcl"),
      `packer {\n  required_plugins {\n${required.join("")}  }\n}\n`,
    );
    const settings = path.join(place.folder, "settings.json");
    writeFileSync(settings, JSON.stringify({ plugin_registries: [`registry.example=${registry.server}`] }));
    const env = {
      INGOT_CONFIG: settings,
      INGOT_PLUGIN_PATH: "",
      INGOT_GITHUB_API_URL: github.apiUrl,
      SSL_CERT_FILE: authority.caFile,
    };

    const init = await place.run(["init", "."], env);
    expect({ status: init.status, stderr: init.stderr }).toEqual({ status: 0, stderr: "" });
    for (const source of Object.values(sources)) expect(init.stdout).toContain(`Installed plugin ${source} v0.1.0`);
    const lock = await place.read(".ingot.lock.hcl");
    expect(lock).toContain(`repository  = "oci://registry.example/acme/ingot-plugin-greet"`);

    const build = await place.run(["build", "."], env);
    expect({ status: build.status, stderr: build.stderr }).toEqual({ status: 0, stderr: "" });
    const made = path.join(place.folder, "out/three-languages");
    expect(readFileSync(path.join(made, "greetings.txt"), "utf8")).toContain("Hello, Grace!\n");
    expect(readFileSync(path.join(made, "report.conf"), "utf8")).toMatch(/^names = 3\n/);
    run("sha256sum", ["--check", "--strict", "three-languages.sha256"], path.join(place.folder, "out"));
    expect(await place.read(".ingot.lock.hcl")).toBe(lock);
  },
);
