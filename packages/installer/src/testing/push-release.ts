import { createHash } from "node:crypto";
import type { Environment } from "../sources/http/environment.js";
import { HttpClient } from "../sources/http/http-client.js";
import { EMPTY_TYPE, FILE_TYPE, MANIFEST_TYPE, PLUGIN_ARTIFACT_TYPE, TITLE } from "../sources/oci/plugin-artifact.js";
import { RegistryClient } from "../sources/oci/registry-client.js";
import type { TestAsset } from "./github-server.js";

export interface Push {
  /** `127.0.0.1:PORT`. */
  readonly server: string;
  /** `acme/ingot-plugin-greet`. */
  readonly repository: string;
  readonly tag: string;
  readonly files: readonly TestAsset[];
  readonly env: Environment;
}

const EMPTY = Buffer.from("{}");

/** Puts the files of a release into a registry, as `oras push` does. */
export async function pushRelease({ server, repository, tag, files, env }: Push): Promise<void> {
  using http = new HttpClient({ version: "0", env });
  const client = new RegistryClient(http, { server, repository, actions: "pull,push" }, env);
  const layers: unknown[] = [];
  await pushBlob(client, EMPTY);
  for (const { name, content } of files) {
    if (typeof content === "object" && "file" in content) throw new Error("only contents in memory can be pushed");
    const bytes = Buffer.from(typeof content === "string" ? Buffer.from(content) : content);
    await pushBlob(client, bytes);
    layers.push({ mediaType: FILE_TYPE, digest: digestOf(bytes), size: bytes.length, annotations: { [TITLE]: name } });
  }
  const config = { mediaType: EMPTY_TYPE, digest: digestOf(EMPTY), size: EMPTY.length };
  const manifest = { schemaVersion: 2, mediaType: MANIFEST_TYPE, artifactType: PLUGIN_ARTIFACT_TYPE, config, layers };
  const body = Buffer.from(JSON.stringify(manifest));
  await send(client, client.url(`manifests/${tag}`), {
    method: "PUT",
    headers: { "content-type": MANIFEST_TYPE },
    body,
  });
}

async function pushBlob(client: RegistryClient, body: Uint8Array): Promise<void> {
  const { location } = await send(client, client.url("blobs/uploads/"), { method: "POST", body: new Uint8Array() });
  const target = new URL(location ?? "", client.url(""));
  target.searchParams.set("digest", digestOf(body));
  await send(client, target, { method: "PUT", headers: { "content-type": "application/octet-stream" }, body });
}

async function send(
  client: RegistryClient,
  url: URL,
  request: { method: "POST" | "PUT"; headers?: Record<string, string>; body: Uint8Array },
): Promise<{ readonly location?: string | undefined }> {
  const signal = AbortSignal.timeout(60_000);
  const answer = await client.send(url, { ...request, signal, maxBytes: 1 << 20 });
  if (answer.status !== 201 && answer.status !== 202) throw await client.refusal(answer, { signal });
  return { location: answer.headers.location };
}

function digestOf(content: Uint8Array): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
