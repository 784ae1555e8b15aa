import { createHash } from "node:crypto";
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseVersionConstraint } from "@ingot/template";
import { pluginChecker } from "../check-plugin.js";
import type { InstallContext } from "../install-context.js";
import { isInstallError } from "../install-error.js";
import { installPlugins } from "../install-plugins.js";
import type { InstalledPlugin } from "../installed-plugin.js";
import { LOCK_FILE_NAME } from "../lock/lock-file.js";
import { readLockFile, writeLockFile } from "../lock/lock-file-io.js";
import { mustParseAddress } from "../requirement.js";
import { resolvePlugins } from "../resolve-plugins.js";
import type { SignatureSettings } from "../signatures/signature-settings.js";
import { PluginSources } from "../sources/plugin-sources.js";
import { openPluginStore } from "../store/open-plugin-store.js";
import type { GitHubServer, TestAsset } from "./github-server.js";
import { rawZip, type RawEntry } from "./raw-zip.js";
import type { SigstoreAuthority } from "./sigstore-authority.js";
import type { StaticServer } from "./static-server.js";
import type { TestAuthority } from "./test-authority.js";

const SERVE = new URL("../../../host/testdata/serve.mjs", import.meta.url).href;
const HOST_VERSION = "0.1.0";

/** Servers that the cases share. */
export interface Servers {
  readonly authority: TestAuthority;
  readonly github: GitHubServer;
  readonly web: StaticServer;
  readonly sigstore: SigstoreAuthority;
}

export interface InitOptions {
  readonly constraint?: string;
  readonly upgrade?: boolean;
  readonly mirror?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signatures?: Partial<SignatureSettings>;
  readonly describeTimeoutMs?: number;
  /** How long servers may say nothing. */
  readonly idleMs?: number;
  readonly address?: string;
  /** See PluginSourcesSettings. */
  readonly registries?: readonly string[];
}

export interface ReleaseOptions {
  /** What is in the archive; default a plugin that works. */
  readonly entries?: readonly RawEntry[];
  /** The archive itself. */
  readonly archive?: Uint8Array;
  readonly platform?: string;
  readonly family?: "ingot" | "packer";
  /** Changes the checksum file. */
  readonly sums?: (text: string) => string;
  /** Further files, by the release's archive and checksum file. */
  readonly more?: (archive: TestAsset, sums: TestAsset) => Promise<readonly TestAsset[]> | readonly TestAsset[];
  readonly tag?: string;
}

/** A user's folders and an author's repository, in which attacks are made. */
export class AttackScene implements AsyncDisposable {
  /** What was told besides the outcome. */
  readonly said: string[] = [];
  readonly name: string;
  readonly owner: string;
  readonly servers: Servers;
  readonly folder: string;

  private constructor(folder: string, id: string, servers: Servers) {
    this.folder = folder;
    this.name = `g${id}`;
    this.owner = `acme${id}`;
    this.servers = servers;
  }

  static async make(servers: Servers, id: string): Promise<AttackScene> {
    const folder = await mkdtemp(path.join(tmpdir(), "ia-"));
    const scene = new AttackScene(folder, id, servers);
    for (const each of [scene.root, scene.work, scene.temporary]) await mkdir(each, { mode: 0o700 });
    return scene;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** The plugin folder. */
  get root(): string {
    return path.join(this.folder, "plugins");
  }

  /** The template's folder. */
  get work(): string {
    return path.join(this.folder, "work");
  }

  get temporary(): string {
    return path.join(this.folder, "t");
  }

  get lockFile(): string {
    return path.join(this.work, LOCK_FILE_NAME);
  }

  get address(): string {
    return `github.com/${this.owner}/${this.name}`;
  }

  get repository(): string {
    return `${this.owner}/ingot-plugin-${this.name}`;
  }

  /** `ingot-plugin-NAME_vVERSION`. */
  stem(version: string, family = "ingot"): string {
    return `${family}-plugin-${this.name}_v${version}`;
  }

  archiveName(version: string, { platform = "any", family = "ingot" }: ReleaseOptions = {}): string {
    return `${this.stem(version, family)}_${family === "ingot" ? "p1" : "x5.0"}_${platform}.zip`;
  }

  /** A plugin that works, which says that it has this name and version. */
  plugin(version: string, name = this.name): RawEntry {
    const described = JSON.stringify({ name, version, capabilities: [] });
    const content = [
      `import { component, endWithHost, serve } from ${JSON.stringify(SERVE)};`,
      "endWithHost();",
      `const described = { ...${described}, components: [component(2, "x")] };`,
      "await serve({ plugin: { describe: (call, reply) => reply(null, described) } });",
    ].join("\n");
    return { name: `ingot-plugin-${this.name}.mjs`, content };
  }

  /** The files of a release. */
  async release(version: string, options: ReleaseOptions = {}): Promise<TestAsset[]> {
    const name = this.archiveName(version, options);
    const content = options.archive ?? rawZip(options.entries ?? [this.plugin(version)]);
    const sums = `${sha256(content)}  ${name}\n`;
    const archive = { name, content };
    const checksums = {
      name: `${this.stem(version, options.family)}_SHA256SUMS`,
      content: options.sums?.(sums) ?? sums,
    };
    return [archive, checksums, ...((await options.more?.(archive, checksums)) ?? [])];
  }

  /** Publishes a release at the test GitHub. */
  async publish(version: string, options: ReleaseOptions = {}): Promise<void> {
    const repository = `${this.owner}/${options.family ?? "ingot"}-plugin-${this.name}`;
    await this.servers.github.addRelease(
      repository,
      options.tag ?? `v${version}`,
      await this.release(version, options),
    );
  }

  /** What `ingot init` does. Gives the error's text; "" when all went well. */
  async init(options: InitOptions = {}): Promise<string> {
    const { upgrade = false } = options;
    const address = mustParseAddress(options.address ?? this.address);
    const parsed = parseVersionConstraint(options.constraint ?? ">= 1.0.0");
    if ("problem" in parsed) throw new Error(parsed.problem);
    const requirement = {
      ...{ address, localNames: ["it"], constraint: parsed.constraint },
      constraintText: options.constraint ?? ">= 1.0.0",
    };
    return await this.#with(options, async (context) => {
      const lock = await readLockFile(this.work);
      const [fault] = lock.diagnostics;
      if (fault !== undefined) return `${fault.summary}: ${fault.detail}`;
      const result = await installPlugins(
        [requirement],
        {
          ...{ lock: lock.lock, upgrade, force: false, isReadonly: false, external: [], keepConstraints: false },
          ...{
            hostVersion: HOST_VERSION,
            developmentPlugin: () => undefined,
            openContext: () => Promise.resolve(context),
          },
        },
        context,
      );
      const [outcome] = result.outcomes;
      if (outcome?.status === "failed") return outcome.problem ?? "?";
      await writeLockFile(this.work, result.lock);
      return "";
    });
  }

  /** What `ingot build` does before it starts a plugin. Gives the errors' text; "" when the plugin would be used. */
  async build(): Promise<string> {
    const lock = await readLockFile(this.work);
    const parsed = parseVersionConstraint(">= 1.0.0");
    if ("problem" in parsed) throw new Error(parsed.problem);
    const source = mustParseAddress(this.address);
    return await this.#with({}, async ({ store, signal }) => {
      const { diagnostics } = await resolvePlugins(
        [
          {
            ...{ localName: "it", source: { text: source.text, name: source.name }, range: undefined as never },
            ...{ constraint: parsed.constraint, constraintText: ">= 1.0.0" },
          },
        ],
        lock,
        {
          ...{ store, signal, releasesOnly: false, external: [], hostVersion: HOST_VERSION },
          developmentPlugin: () => undefined,
        },
      );
      return diagnostics.map(({ summary, detail }) => `${summary}: ${detail}`).join("\n");
    });
  }

  async installed(): Promise<readonly InstalledPlugin[]> {
    const { signal } = new AbortController();
    return await openPluginStore({ root: this.root }).list({}, { signal });
  }

  /** All that lies in the plugin folder, the template's folder and the temporary one, with modes and hashes. */
  async snapshot(): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for (const part of ["plugins", "work", "t"]) await describeInto(found, path.join(this.folder, part), part);
    // The store's own folder, when there is nothing in it.
    if (!Object.keys(found).some((name) => name.startsWith("plugins/.store/"))) delete found["plugins/.store"];
    return found;
  }

  async #with(options: InitOptions, action: (context: InstallContext) => Promise<string>): Promise<string> {
    const { authority, github } = this.servers;
    const env = {
      ...{ HOME: this.temporary, SSL_CERT_FILE: authority.caFile, INGOT_GITHUB_API_URL: github.apiUrl },
      ...options.env,
    };
    const old = process.env["TMPDIR"];
    process.env["TMPDIR"] = this.temporary;
    try {
      using sources = new PluginSources({
        ...{ version: HOST_VERSION, env, workingDirectory: this.work, cacheFolder: path.join(this.folder, "cache") },
        ...{ idleMs: options.idleMs ?? 10_000, retries: { attempts: 2, firstDelayMs: 5 } },
        ...(options.mirror === undefined ? {} : { mirror: options.mirror }),
        registries: options.registries ?? [],
      });
      const say = (_address: string, text: string): void => void this.said.push(text);
      return await action({
        store: openPluginStore({
          ...{ root: this.root, cacheFolder: path.join(this.folder, "cache") },
          describeTimeoutMs: options.describeTimeoutMs ?? 10_000,
        }),
        sourcesFor: (address) => sources.sourcesFor(address),
        signatures: { policy: "warn", keys: [], ...options.signatures },
        checkPlugin: pluginChecker({ hostVersion: HOST_VERSION, env: process.env }),
        platform: { os: "linux", arch: "amd64" },
        signal: new AbortController().signal,
        report: { notice: say, warning: say, progress: () => {} },
      });
    } catch (error) {
      if (!isInstallError(error)) throw error;
      return error.message;
    } finally {
      if (old === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = old;
    }
  }
}

async function describeInto(found: Record<string, string>, at: string, name: string): Promise<void> {
  const stats = await lstat(at);
  const mode = (stats.mode & 0o7777).toString(8);
  if (stats.isSymbolicLink()) found[name] = `link to ${await readlink(at)}`;
  else if (stats.isFile()) found[name] = `${mode} ${sha256(await readFile(at))}`;
  else {
    found[name] = `folder ${mode}`;
    for (const each of await readdir(at)) await describeInto(found, path.join(at, each), `${name}/${each}`);
  }
}

/** In hex. */
export function sha256(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}

/** A file of the tests' OpenPGP keys and signatures. */
export function openPgpFile(name: string): string {
  return fileURLToPath(new URL(`../../testdata/openpgp/${name}`, import.meta.url));
}

/** Changes the lock file as somebody with an editor would. */
export async function editLock(scene: AttackScene, edit: (text: string) => string): Promise<void> {
  const text = await readFile(scene.lockFile, "utf8");
  const edited = edit(text);
  if (edited === text) throw new Error(`the edit changes nothing:\n${text}`);
  await writeFile(scene.lockFile, edited);
}
