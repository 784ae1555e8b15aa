import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What an HTTPS server needs. In PEM form. */
export interface ServerCertificate {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly certFile: string;
  readonly keyFile: string;
}

/** A certificate authority for tests, made with the program openssl. Dispose of it to remove its files. */
export class TestAuthority implements AsyncDisposable {
  /** The authority's certificate: what clients have to trust. */
  readonly caFile: string;
  readonly #folder: string;
  readonly #certificates = new Map<string, Promise<ServerCertificate>>();

  private constructor(folder: string) {
    this.#folder = folder;
    this.caFile = path.join(folder, "ca.pem");
  }

  static async make(): Promise<TestAuthority> {
    const folder = await mkdtemp(path.join(tmpdir(), "ingot-authority-"));
    await mkdir(path.join(folder, "servers"));
    const files = ["-keyout", path.join(folder, "ca.key"), "-out", path.join(folder, "ca.pem")];
    await run("openssl", ["req", "-x509", ...NEW_KEY, ...files, "-days", "30", "-subj", "/CN=Ingot test authority"]);
    return new TestAuthority(folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** A certificate for these host names, and for localhost, 127.0.0.1 and ::1. */
  async certificateFor(names: readonly string[] = []): Promise<ServerCertificate> {
    const key = names.join(",");
    const known = this.#certificates.get(key) ?? this.#makeCertificate(names, this.#certificates.size);
    this.#certificates.set(key, known);
    return await known;
  }

  async #makeCertificate(names: readonly string[], number: number): Promise<ServerCertificate> {
    const base = path.join(this.#folder, "servers", String(number));
    const [keyFile, certFile, request, extensions] = [`${base}.key`, `${base}.pem`, `${base}.csr`, `${base}.ext`];
    const alternatives = ["DNS:localhost", "IP:127.0.0.1", "IP:::1", ...names.map((name) => `DNS:${name}`)];
    await writeFile(extensions, `subjectAltName=${alternatives.join(",")}\n`);
    await run("openssl", ["req", ...NEW_KEY, "-keyout", keyFile, "-out", request, "-subj", "/CN=localhost"]);
    const authority = [
      "-CA",
      this.caFile,
      "-CAkey",
      path.join(this.#folder, "ca.key"),
      "-set_serial",
      String(number + 2),
    ];
    const output = ["-out", certFile, "-days", "30", "-extfile", extensions];
    await run("openssl", ["x509", "-req", "-in", request, ...authority, ...output]);
    const [cert, privateKey] = await Promise.all([readFile(certFile), readFile(keyFile)]);
    return { cert, key: privateKey, certFile, keyFile };
  }
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
