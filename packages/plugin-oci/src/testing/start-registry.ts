import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import { createSign, randomUUID, X509Certificate } from "node:crypto";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { run } from "./test-tools.js";

/** A registry of the package docker-registry, with TLS by an authority of its own. */
export interface TestRegistry extends AsyncDisposable {
  /** "localhost:PORT". */
  readonly host: string;
  /** The authority's certificate. */
  readonly caFile: string;
  /** What the registry wrote so far: one line a request. */
  log(): string;
}

/** The login of every test registry that has one. */
export const login = { username: "user", password: "s3cret: with space" };

/** How clients log in. */
export type RegistryAuth = "none" | "htpasswd" | "token";

/** Starts a registry on a free port with a fresh folder. */
export async function startRegistry(folder: string, auth: RegistryAuth): Promise<TestRegistry> {
  const home = join(folder, `registry-${randomUUID().slice(0, 8)}`);
  await mkdir(home);
  const { caFile, certFile, keyFile } = await makeCertificates(home);
  const tokens = auth === "token" ? await startTokenServer({ certFile, keyFile }) : undefined;
  const lines = [
    "version: 0.1",
    "log: {level: info}",
    `storage: {filesystem: {rootdirectory: ${home}/data}, maintenance: {uploadpurging: {enabled: false}}}`,
    `http: {addr: "127.0.0.1:0", secret: s, tls: {certificate: ${certFile}, key: ${keyFile}}}`,
  ];
  if (auth === "htpasswd") {
    await writeFile(join(home, "htpasswd"), await run("htpasswd", ["-Bbn", login.username, login.password]));
    lines.push(`auth: {htpasswd: {realm: test, path: ${home}/htpasswd}}`);
  }
  if (tokens !== undefined)
    lines.push(`auth: {token: {realm: "${tokens.realm}", service: registry, issuer: test, rootcertbundle: ${caFile}}}`);
  await writeFile(join(home, "config.yml"), `${lines.join("\n")}\n`);
  const child = spawn("docker-registry", ["serve", join(home, "config.yml")], { stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  const exited = once(child, "exit");
  const port = await new Promise<string>((resolve, reject) => {
    const read = (data: Buffer): void => {
      log += data.toString();
      const found = /listening on 127\.0\.0\.1:(\d+)/.exec(log)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`docker-registry ended: ${log}`)));
  });
  return {
    host: `localhost:${port}`,
    caFile,
    log: () => log,
    [Symbol.asyncDispose]: async () => {
      tokens?.server.close();
      tokens?.server.closeAllConnections();
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** Copies an image from an OCI layout to a registry. */
export async function push(
  registry: TestRegistry,
  options: {
    readonly from: string;
    readonly name: string;
    readonly isOpen?: boolean;
    readonly more?: readonly string[];
  },
): Promise<void> {
  const credentials = options.isOpen === true ? [] : ["--dest-creds", `${login.username}:${login.password}`];
  await run("skopeo", [
    ...["copy", "--dest-tls-verify=false", ...credentials, ...(options.more ?? [])],
    ...[options.from, `docker://${registry.host}/${options.name}`],
  ]);
}

/** Makes an authority and a certificate of it for localhost. */
export async function makeCertificates(home: string): Promise<{ caFile: string; certFile: string; keyFile: string }> {
  const [caFile, caKey] = [join(home, "ca.pem"), join(home, "ca.key")];
  const [certFile, keyFile, request] = [join(home, "cert.pem"), join(home, "cert.key"), join(home, "cert.csr")];
  const newKey = ["-newkey", "rsa:2048", "-nodes"];
  await run("openssl", [
    "req",
    "-x509",
    ...newKey,
    "-keyout",
    caKey,
    "-out",
    caFile,
    "-days",
    "2",
    "-subj",
    "/CN=test authority",
  ]);
  await run("openssl", ["req", ...newKey, "-keyout", keyFile, "-out", request, "-subj", "/CN=localhost"]);
  await writeFile(join(home, "ext"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  const signing = ["-CA", caFile, "-CAkey", caKey, "-CAcreateserial", "-extfile", join(home, "ext")];
  await run("openssl", ["x509", "-req", "-in", request, "-out", certFile, "-days", "2", ...signing]);
  return { caFile, certFile, keyFile };
}

/** A token server as registries use it: Basic login in, a signed token out. */
async function startTokenServer(files: {
  certFile: string;
  keyFile: string;
}): Promise<{ server: Server; realm: string }> {
  const [cert, key] = [await readFile(files.certFile), await readFile(files.keyFile)];
  const chain = [new X509Certificate(cert).raw.toString("base64")];
  const server = createServer({ cert, key }, (request, response) => {
    const url = new URL(request.url ?? "/", "https://localhost");
    const expected = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`;
    if (request.headers.authorization !== expected) {
      response.writeHead(401).end("{}");
      return;
    }
    const access = url.searchParams.getAll("scope").map((scope) => {
      const [type = "", name = "", actions = ""] = scope.split(":");
      return { type, name, actions: actions.split(",") };
    });
    const now = Math.floor(Date.now() / 1000);
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const claims = {
      iss: "test",
      sub: login.username,
      aud: url.searchParams.get("service"),
      exp: now + 300,
      nbf: now - 10,
    };
    const text = `${part({ typ: "JWT", alg: "RS256", x5c: chain })}.${part({ ...claims, iat: now, jti: randomUUID(), access })}`;
    const token = `${text}.${createSign("RSA-SHA256").update(text).sign(key).toString("base64url")}`;
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ token }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // a TCP server
  return { server, realm: `https://localhost:${port}/token` };
}
