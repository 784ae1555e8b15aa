import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { isPluginName, parseArchiveName } from "../../asset-names.js";
import { parseChecksumFile } from "../../checksum-file.js";
import { InstallError } from "../../install-error.js";
import type { PluginAddress } from "../../plugin-address.js";
import type { PluginFamily, SourceOptions } from "../../plugin-source.js";
import { isCanonicalVersion } from "../../plugin-version.js";
import { checkAddress } from "../check-address.js";
import type { Environment } from "../http/environment.js";
import { HttpClient, type HttpSettings } from "../http/http-client.js";
import { FolderPlace } from "../static/folder-place.js";
import { MAX_CHECKSUM_FILE_BYTES } from "../release-entries.js";
import { findRegistry, registriesOf } from "./find-registry.js";
import { EMPTY_TYPE, FILE_TYPE, MANIFEST_TYPE, PLUGIN_ARTIFACT_TYPE, TITLE } from "./plugin-artifact.js";
import { repositoryOf } from "./oci-source.js";
import { RegistryClient } from "./registry-client.js";

export interface PushSettings extends HttpSettings {
  readonly env: Environment;
  readonly registries?: readonly string[];
}

export interface PushedRelease {
  /** `oci://ghcr.io/acme/ingot-plugin-greet:1.2.0`. */
  readonly reference: string;
  /** Of the manifest, `sha256:HEX`. */
  readonly digest: string;
}

interface ReleaseFile {
  readonly name: string;
  readonly file: string;
  readonly size: number;
  readonly digest: string;
}

const MAX_PUSH_ANSWER_BYTES = 1 << 20;
const EMPTY = Buffer.from("{}");

/**
 * Puts the files of a release, as the pack command makes them, into an OCI registry: below the address `HOST/NAMESPACE.../NAME`
 * `ingot init` finds them there. Archives are compared with the checksum file before. What is there already is not sent again.
 */
export async function pushRelease(
  folder: string,
  address: PluginAddress,
  settings: PushSettings,
  options: SourceOptions,
): Promise<PushedRelease> {
  checkAddress(address);
  const server = findRegistry(address.host, registriesOf(settings));
  if (server === undefined)
    throw new InstallError(
      `${address.host} is not known to be an OCI registry: name it in "plugin_registries" of the configuration.`,
    );
  const { family, version, files } = await readRelease(folder, address, options);
  using http = new HttpClient(settings);
  const repository = repositoryOf(address, family);
  const client = new RegistryClient(http, { server, repository, actions: "pull,push" }, settings.env);
  await pushBlob(client, { digest: digestOf(EMPTY), content: EMPTY }, options);
  for (const { digest, file, size, name } of files) {
    options.notice?.(`Pushing ${name}.`);
    await pushBlob(client, { digest, content: { file, size } }, options);
  }
  const manifest = Buffer.from(JSON.stringify(manifestOf(files, version)));
  const headers = { "content-type": MANIFEST_TYPE };
  const url = client.url(`manifests/${version}`);
  const answer = await client.send(url, {
    ...options,
    method: "PUT",
    headers,
    body: manifest,
    maxBytes: MAX_PUSH_ANSWER_BYTES,
  });
  if (answer.status !== 201) throw await client.refusal(answer, options);
  return { reference: `oci://${address.host}/${repository}:${version}`, digest: digestOf(manifest) };
}

function manifestOf(files: readonly ReleaseFile[], version: string): unknown {
  return {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    artifactType: PLUGIN_ARTIFACT_TYPE,
    config: { mediaType: EMPTY_TYPE, digest: digestOf(EMPTY), size: EMPTY.length, data: EMPTY.toString("base64") },
    layers: files.map(({ name, size, digest }) => ({
      mediaType: FILE_TYPE,
      digest,
      size,
      annotations: { [TITLE]: name },
    })),
    annotations: { "org.opencontainers.image.version": version },
  };
}

async function pushBlob(
  client: RegistryClient,
  {
    digest,
    content,
  }: { readonly digest: string; readonly content: Uint8Array | { readonly file: string; readonly size: number } },
  { signal }: SourceOptions,
): Promise<void> {
  const common = { signal, maxBytes: MAX_PUSH_ANSWER_BYTES };
  const known = await client.send(client.url(`blobs/${digest}`), { ...common, method: "HEAD" });
  if (known.status === 200) return;
  const begun = await client.send(client.url("blobs/uploads/"), { ...common, method: "POST", body: Buffer.alloc(0) });
  const { location } = begun.headers;
  if (begun.status !== 202 || location === undefined || !URL.canParse(location, begun.url.href))
    throw await client.refusal(begun, { signal });
  const target = new URL(location, begun.url);
  if (target.origin !== client.url("").origin)
    throw new InstallError(`${client.place.server} wants an upload to go to another server: refused.`);
  target.searchParams.set("digest", digest);
  const headers = { "content-type": "application/octet-stream" };
  const sent = await client.send(target, { ...common, method: "PUT", headers, body: content });
  if (sent.status !== 201) throw await client.refusal(sent, { signal });
}

/** The files of the one release in a folder. Throws InstallError when they are not what the checksum file says. */
async function readRelease(
  folder: string,
  { name }: PluginAddress,
  options: SourceOptions,
): Promise<{ readonly family: PluginFamily; readonly version: string; readonly files: readonly ReleaseFile[] }> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new InstallError(`${folder} cannot be read.`, { cause });
  });
  const sumsFiles = names.flatMap((each) => {
    const [, prefix = "", version = ""] = /^(.+)_v([^_]+)_SHA256SUMS$/.exec(each) ?? [];
    const family = (["ingot", "packer"] as const).find(
      (one) => prefix === `${one}-plugin-${name}` && isPluginName(name, one),
    );
    return family !== undefined && isCanonicalVersion(version) ? [{ sums: each, family, version }] : [];
  });
  const [found, ...more] = sumsFiles;
  if (found === undefined || more.length > 0) {
    const what = found === undefined ? "no checksum file" : "several checksum files";
    throw new InstallError(
      `${folder} has ${what} of the plugin ${name}, ingot-plugin-${name}_vVERSION_SHA256SUMS: it has to have the files of one release.`,
    );
  }
  const { sums, family, version } = found;
  const content =
    (await new FolderPlace(folder).read([sums], { ...options, maxBytes: MAX_CHECKSUM_FILE_BYTES })) ?? new Uint8Array();
  const expected = new Map(parseChecksumFile(content).map(({ fileName, sha256 }) => [fileName, sha256]));
  const files: ReleaseFile[] = [];
  for (const each of names.filter((one) => one.startsWith(`${family}-plugin-${name}_v${version}_`)).sort()) {
    const file = path.join(folder, each);
    const size = (await stat(file)).size;
    const digest = await digestOfFile(file, options.signal);
    const listed = expected.get(each);
    if (listed === undefined && parseArchiveName(each) !== undefined)
      throw new InstallError(`${file} is not in the checksum file ${sums}.`);
    if (listed !== undefined && `sha256:${listed}` !== digest)
      throw new InstallError(
        `${file} is not what the checksum file says: sha256:${listed} is expected, and it has ${digest}.`,
      );
    files.push({ name: each, file, size, digest });
  }
  const missing = [...expected.keys()].find((each) => !files.some((file) => file.name === each));
  if (missing !== undefined)
    throw new InstallError(`${folder} has no ${missing}, which the checksum file ${sums} lists.`);
  return { family, version, files };
}

async function digestOfFile(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20, signal })) hash.update(chunk as Buffer);
  return `sha256:${hash.digest("hex")}`;
}

function digestOf(content: Uint8Array): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
