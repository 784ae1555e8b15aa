import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { InstallError } from "../../install-error.js";
import type { FetchedArchive, FetchOptions, SourceOptions } from "../../plugin-source.js";
import { download } from "../http/download.js";
import { readBody } from "../http/read-body.js";
import type { ReleaseFiles } from "../release.js";
import type { ArtifactFile } from "./plugin-artifact.js";
import type { RegistryClient } from "./registry-client.js";

/** The files of a release in a registry. Each is compared with its digest in the manifest. */
export class ArtifactFiles implements ReleaseFiles {
  readonly where: string;
  readonly #client: RegistryClient;
  readonly #files: ReadonlyMap<string, ArtifactFile>;

  constructor(client: RegistryClient, where: string, files: ReadonlyMap<string, ArtifactFile>) {
    this.where = where;
    this.#client = client;
    this.#files = files;
  }

  async read(name: string, options: SourceOptions & { readonly maxBytes: number }): Promise<Uint8Array | undefined> {
    const file = this.#files.get(name);
    if (file === undefined) return undefined;
    const answer = await this.#client.send(this.#urlOf(file), options);
    if (answer.status !== 200) throw await this.#client.refusal(answer, options);
    const found = createHash("sha256").update(answer.content).digest("hex");
    if (`sha256:${found}` !== file.digest) throw this.#mismatch(name, file, found);
    return answer.content;
  }

  async fetch(name: string, to: string, options: FetchOptions): Promise<FetchedArchive> {
    const file = this.#files.get(name);
    if (file === undefined) throw new InstallError(`${this.where} has no file ${name}.`);
    const client = this.#client;
    let logins = 0;
    const fetched = await download(client.http, {
      ...options,
      url: this.#urlOf(file),
      file: to,
      get authorization() {
        return client.authorization; // another one after the first has run out
      },
      refuse: async (answer) => {
        if (answer.status === 401 && logins++ === 0) {
          await client.renewLogin(answer, options);
          return undefined;
        }
        const content = await readBody(answer, 64 << 10).catch(() => Buffer.alloc(0)); // for the message
        return await this.#client.refusal({ ...answer, content }, options);
      },
    });
    if (`sha256:${fetched.sha256}` === file.digest) return fetched;
    await rm(to, { force: true });
    throw this.#mismatch(name, file, fetched.sha256);
  }

  #urlOf({ digest }: ArtifactFile): URL {
    return this.#client.url(`blobs/${digest}`);
  }

  #mismatch(name: string, { digest }: ArtifactFile, found: string): InstallError {
    return new InstallError(
      `The registry gave other bytes for ${name} of ${this.where} than its manifest says: ${digest} is expected, and sha256:${found} came.`,
    );
  }
}
