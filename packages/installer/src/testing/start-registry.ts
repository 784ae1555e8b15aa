import { spawn } from "node:child_process";
import { createSign, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestAuthority } from "./test-authority.js";

/** The registry of Debian's package docker-registry, with TLS. */
export interface TestRegistry extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly server: string;
  /** `METHOD PATH STATUS` of the requests, as soon as there are at least so many: the registry tells of them a little later. */
  requestLines(count: number): Promise<string[]>;
}

/** The login of a registry that has one. */
export const REGISTRY_LOGIN = { username: "user", password: "s3cret: with space" };

/** Starts one on a free port. With `token`, it sends clients to a token server that asks for the login. */
export async function startRegistry(authority: TestAuthority, auth: "none" | "token"): Promise<TestRegistry> {
  const folder = await mkdtemp(path.join(tmpdir(), "ingot-registry-"));
  const { certFile, keyFile, cert, key } = await authority.certificateFor();
  const tokens = auth === "token" ? await startTokenServer(cert, key) : undefined;
  const lines = [
    "version: 0.1",
    "log: {level: info, formatter: json}",
    `storage: {filesystem: {rootdirectory: ${folder}/data}, maintenance: {uploadpurging: {enabled: false}}}`,
    `http: {addr: "127.0.0.1:0", secret: s, tls: {certificate: ${certFile}, key: ${keyFile}}}`,
  ];
  if (tokens !== undefined) {
    const realm = `https://localhost:${(tokens.address() as AddressInfo).port}/token`; // a TCP server
    lines.push(
      `auth: {token: {realm: "${realm}", service: registry, issuer: test, rootcertbundle: ${authority.caFile}}}`,
    );
  }
  await writeFile(path.join(folder, "config.yml"), `${lines.join("\n")}\n`);
  const child = spawn("docker-registry", ["serve", path.join(folder, "config.yml")], {
    stdio: ["ignore", "pipe", "pipe"],
  });
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
    server: `127.0.0.1:${port}`,
    requestLines: async (count) => {
      const deadline = Date.now() + 5000;
      while (linesIn(log).length < count && Date.now() < deadline) await sleep(10);
      return linesIn(log);
    },
    [Symbol.asyncDispose]: async () => {
      tokens?.close();
      tokens?.closeAllConnections();
      child.kill("SIGKILL");
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Reads the access log. */
function linesIn(log: string): string[] {
  const found = log.matchAll(/^127\.0\.0\.1 - - \[[^\]]*\] "(\S+) (\S+) HTTP\/1\.1" (\d+)/gm);
  return [...found].map(([, method, at, status]) => `${method} ${at} ${status}`);
}

/** A token server as registries use it: a login in, a signed token out. */
async function startTokenServer(cert: Buffer, key: Buffer): Promise<Server> {
  const chain = [new X509Certificate(cert).raw.toString("base64")];
  const basic = `Basic ${Buffer.from(`${REGISTRY_LOGIN.username}:${REGISTRY_LOGIN.password}`).toString("base64")}`;
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", "https://localhost");
    let form = url.searchParams;
    if (request.method === "POST") {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      form = new URLSearchParams(Buffer.concat(chunks).toString());
    }
    const isKnown = request.headers.authorization === basic || form.get("refresh_token") === "identity";
    if (!isKnown)
      return void response.writeHead(401).end('{"errors":[{"code":"UNAUTHORIZED","message":"who are you?"}]}');
    const access = form.getAll("scope").map((scope) => {
      const [type = "", name = "", actions = ""] = scope.split(":");
      return { type, name, actions: actions.split(",") };
    });
    const now = Math.floor(Date.now() / 1000);
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const claims = {
      iss: "test",
      sub: "user",
      aud: form.get("service"),
      exp: now + 300,
      nbf: now - 10,
      iat: now,
      jti: "1",
      access,
    };
    const text = `${part({ typ: "JWT", alg: "ES256", x5c: chain })}.${part(claims)}`;
    const signature = createSign("SHA256").update(text).sign({ key, dsaEncoding: "ieee-p1363" });
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ token: `${text}.${signature.toString("base64url")}` }));
  };
  const server = createServer({ cert, key }, (request, response) => void serve(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}
