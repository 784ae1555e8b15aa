import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { GitHubServer, rawZip, TestAuthority, type TestAsset } from "@ingot/installer/testing";
import { Workplace, type Finished, type Running } from "./run-ingot.js";

/** The example plugin: one self-contained file. */
const GREET = readFileSync(path.join(buildExample("typescript"), "ingot-plugin-greet.mjs"), "utf8");
const REPOSITORY = "acme/ingot-plugin-greet";
const NAMES = "Ada\nBarbara\n";
export const ADDRESS = "github.com/acme/greet";

/** A GitHub with releases of the example plugin, and machines that install from it. */
export class PluginScene implements AsyncDisposable {
  readonly github: GitHubServer;
  readonly authority: TestAuthority;
  readonly #places: Workplace[] = [];

  private constructor(authority: TestAuthority, github: GitHubServer) {
    this.authority = authority;
    this.github = github;
  }

  static async make(): Promise<PluginScene> {
    const authority = await TestAuthority.make();
    return new PluginScene(authority, await GitHubServer.start({ authority }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const place of this.#places) await place[Symbol.asyncDispose]();
    await this.github[Symbol.asyncDispose]();
    await this.authority[Symbol.asyncDispose]();
  }

  async publish(version: string, platforms: readonly string[] = ["any"]): Promise<void> {
    await this.github.addRelease(REPOSITORY, `v${version}`, greetRelease(version, platforms));
  }

  /** A machine with a home of its own, in which a template requires the plugin. */
  async machine(constraint: string, files: Readonly<Record<string, string>> = {}): Promise<Machine> {
    const place = await Workplace.make({ "a.pkr.hcl": template(constraint), "names.txt": NAMES, ...files });
    this.#places.push(place);
    return new Machine(place, { INGOT_GITHUB_API_URL: this.github.apiUrl, SSL_CERT_FILE: this.authority.caFile });
  }

  /** The requests since the last call. */
  takeRequests(): readonly string[] {
    const lines = this.github.requestLines();
    this.github.requests.length = 0;
    return lines;
  }
}

/** A folder with a home, from which `ingot` runs. */
export class Machine {
  readonly place: Workplace;
  readonly plugins: string;
  readonly #env: Readonly<Record<string, string>>;

  constructor(place: Workplace, env: Readonly<Record<string, string>>) {
    this.place = place;
    this.plugins = path.join(place.folder, "home", ".config", "ingot", "plugins");
    this.#env = { ...env, INGOT_PLUGIN_PATH: "" };
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
    return this.place.start(args, { ...this.#env, ...env });
  }

  /** The files in the plugin folder; nothing when all was cleaned up. */
  async leftovers(): Promise<readonly string[]> {
    const entries = await readdir(this.plugins, { withFileTypes: true, recursive: true }).catch(() => []);
    return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  }

  async ingot(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
    return await this.place.run(args, { ...this.#env, ...env });
  }

  /** As `ingot`, with the paths of this machine taken out. Throws when the status is another one. */
  async says(
    args: readonly string[],
    options: { readonly status?: number; readonly env?: Readonly<Record<string, string>> } = {},
  ): Promise<string> {
    const { status = 0, env = {} } = options;
    const finished = await this.ingot(args, env);
    if (finished.status !== status)
      throw new Error(`status ${finished.status} of ingot ${args.join(" ")}: ${finished.stdout}${finished.stderr}`);
    return (finished.stdout + finished.stderr)
      .replaceAll(this.plugins, "PLUGINS")
      .replaceAll(this.place.folder, "FOLDER");
  }
}

/** A template that requires the example plugin, and shows that it works. */
export function template(constraint: string, { localName = "greet", source = ADDRESS } = {}): string {
  return `packer {
  required_plugins {
    ${localName} = {
      version = "${constraint}"
      source  = "${source}"
    }
  }
}

data "${localName}-names" "people" {
  file = "names.txt"
}

source "file" "note" {
  target  = "note.txt"
  content = join(" and ", data.${localName}-names.people.names)
}

build {
  sources = ["source.file.note"]
}
`;
}

/** The files of a release of the example plugin, whose text and version may differ from what they should be. */
export function greetRelease(
  version: string,
  platforms: readonly string[] = ["any"],
  note = "",
  ownVersion = version,
): TestAsset[] {
  const archives = platforms.map((platform) => {
    const content = greetPlugin(ownVersion);
    const entries = [
      { name: "ingot-plugin-greet.mjs", content, mode: 0o100755 },
      { name: "README.md", content: `greet for ${platform}\n${note}` },
    ];
    return { name: `ingot-plugin-greet_v${version}_p1_${platform}.zip`, content: rawZip(entries) };
  });
  const lines = archives.map(({ name, content }) => `${sha256(content)}  ${name}\n`);
  return [...archives, { name: `ingot-plugin-greet_v${version}_SHA256SUMS`, content: lines.join("") }];
}

/** The text of the example plugin, in a version. */
export function greetPlugin(version: string): string {
  return GREET.replace('name: "greet", version: "0.1.0"', `name: "greet", version: "${version}"`);
}

/** The files of a release of a plugin for Packer, as far as installing goes. */
export function packerRelease(version: string): TestAsset[] {
  const name = `packer-plugin-greet_v${version}_x5.0_linux_amd64`;
  const content = rawZip([{ name, content: packerPlugin(version), mode: 0o100755 }]);
  return [
    { name: `${name}.zip`, content },
    { name: `packer-plugin-greet_v${version}_SHA256SUMS`, content: `${sha256(content)}  ${name}.zip\n` },
  ];
}

/** A program that describes itself as Packer's plugins do. */
export function packerPlugin(version: string, apiVersion = "x5.0"): string {
  const description = {
    ...{ version, sdk_version: "0.6.0", api_version: apiVersion, protocol_version: "v2" },
    ...{ builders: [], post_processors: [], provisioners: [], datasources: ["names"] },
  };
  return `#!/bin/sh\necho '${JSON.stringify(description)}'\n`;
}

function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** The folder of a built example plugin. */
function buildExample(language: string): string {
  const script = fileURLToPath(new URL("../../../../scripts/build-example-plugins.mjs", import.meta.url));
  return execFileSync(process.execPath, [script, language], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  }).trim();
}
