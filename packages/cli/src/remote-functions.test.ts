import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { evaluate, parseExpressionText, SENSITIVE, SourceFile, stringOf } from "@ingot/hcl";
import { loadFunctionLibraries, standardFunctions, type FunctionLibraries } from "@ingot/template";
import { blockingRequest } from "./commands/blocking-request.js";
import { fileWorld } from "./commands/file-world.js";

const script = path.join(import.meta.dirname, "../testdata/remote-stores/server.mjs");
const folder = mkdtempSync(path.join(tmpdir(), "ingot-remote-"));
const file = (name: string): string => path.join(folder, name);
const servers: ChildProcess[] = [];
let libraries: FunctionLibraries;
let plain = "";
let secure = "";

async function startServer(...args: string[]): Promise<string> {
  const server = spawn(process.execPath, [script, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  servers.push(server);
  const [port] = (await once(server.stdout, "data")) as [Buffer];
  return `127.0.0.1:${port.toString().trim()}`;
}

beforeAll(async () => {
  libraries = await loadFunctionLibraries();
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"];
  const certificate = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...subject];
  execFileSync("openssl", [...certificate, "-keyout", file("key.pem"), "-out", file("cert.pem")], { stdio: "ignore" });
  plain = await startServer();
  secure = await startServer(file("key.pem"), file("cert.pem"));
});

afterAll(async () => {
  await Promise.all(
    servers.map(async (server) => {
      server.stdin?.end();
      if (server.exitCode === null) await once(server, "exit");
    }),
  );
  rmSync(folder, { recursive: true, force: true });
});

/** The value of an expression; `error: ` and the detail when it has none. */
function run(source: string, env: Readonly<Record<string, string>>) {
  const secrets: string[] = [];
  const world = { ...fileWorld({ env, workingDirectory: folder } as Parameters<typeof fileWorld>[0]) };
  const functions = standardFunctions({ world, libraries, onSecret: (secret) => secrets.push(secret) });
  const parsed = parseExpressionText({ filename: "x", source });
  const outcome = evaluate(parsed.value, new SourceFile("x", source), { functions });
  const [problem] = outcome.diagnostics;
  const text = problem === undefined ? stringOf(outcome.value) : problem.detail;
  return { text, secrets, isSensitive: outcome.value.marks.has(SENSITIVE) };
}

const text = (source: string, env: Readonly<Record<string, string>>): string => run(source, env).text;

describe("vault", () => {
  const env = () => ({ VAULT_ADDR: `http://${plain}`, VAULT_TOKEN: "root" });

  test("reads stores of both versions, as secrets", () => {
    const secret = run('vault("secret/data/app", "password")', env());
    expect(secret).toEqual({ text: "v2-pass", secrets: ["v2-pass"], isSensitive: true });
    expect(text('vault("/kv/app", "password")', env())).toBe("v1-pass");
  });

  test("says what is wrong", () => {
    const failed = 'Call to function "vault" failed: ';
    expect(text('vault("a", "b")', {})).toBe(
      `${failed}Must set VAULT_TOKEN env var in order to use vault template function.`,
    );
    expect(text('vault("no/such", "b")', env())).toBe(`${failed}Vault Secret does not exist at the given path.`);
    expect(text('vault("kv/app", "b")', env())).toBe(`${failed}Vault path does not contain the requested key.`);
    expect(text('vault("secret/data/app", "count")', env())).toBe(`${failed}Unsupported secret value type: number.`);
    expect(text('vault("secret/data/deleted", "b")', env())).toContain("Vault data was empty at the given path");
    expect(text('vault("kv/app", "b")', { ...env(), VAULT_TOKEN: "other" })).toContain("permission denied");
    expect(text('vault("kv/app", "b")', { ...env(), VAULT_ADDR: "http://127.0.0.1:1" })).toContain("ECONNREFUSED");
  });

  test("sends the namespace", () => {
    expect(text('vault("team/app", "namespace")', { ...env(), VAULT_NAMESPACE: "ns1" })).toBe("ns1");
  });

  test("trusts the given authority, or anybody when told so", () => {
    const tls = { ...env(), VAULT_ADDR: `https://${secure}` };
    expect(text('vault("kv/app", "password")', tls)).toContain("self-signed certificate");
    expect(text('vault("kv/app", "password")', { ...tls, VAULT_CACERT: file("cert.pem") })).toBe("v1-pass");
    expect(text('vault("kv/app", "password")', { ...tls, VAULT_SKIP_VERIFY: "true" })).toBe("v1-pass");
    expect(text('vault("kv/app", "password")', { ...tls, VAULT_CACERT: "nope.pem" })).toContain("VAULT_CACERT");
  });
});

describe("consul_key", () => {
  const env = () => ({ CONSUL_HTTP_ADDR: plain, CONSUL_HTTP_TOKEN: "reader" });
  const failed = 'Call to function "consul_key" failed: ';

  test("reads a key, which is no secret", () => {
    expect(run('consul_key("app/color")', env())).toEqual({ text: "blue", secrets: [], isSensitive: false });
  });

  test("says what is wrong", () => {
    expect(text('consul_key("app/no")', env())).toBe(`${failed}key does not exist at the given path: app/no.`);
    expect(text('consul_key("app/empty")', env())).toBe(`${failed}value is empty at path app/empty.`);
    expect(text('consul_key("app/color")', { CONSUL_HTTP_ADDR: plain })).toBe(
      `${failed}error reading consul key: Unexpected response code: 403 (Permission denied).`,
    );
  });

  test("takes the token from a file, and TLS from the environment", () => {
    writeFileSync(file("token"), "reader\n");
    const tls = { CONSUL_HTTP_ADDR: secure, CONSUL_HTTP_SSL: "true", CONSUL_HTTP_TOKEN_FILE: file("token") };
    expect(text('consul_key("app/color")', { ...tls, CONSUL_CACERT: file("cert.pem") })).toBe("blue");
    expect(text('consul_key("app/color")', { ...tls, CONSUL_HTTP_SSL_VERIFY: "false" })).toBe("blue");
  });
});

describe("aws_secretsmanager", () => {
  const keys = { AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
  const here = () => ({ AWS_ENDPOINT_URL: `http://${plain}`, AWS_EC2_METADATA_DISABLED: "true" });
  const env = () => ({ ...here(), ...keys, AWS_REGION: "eu-west-1" });

  test("reads members and whole secrets, signed", () => {
    const secret = run('aws_secretsmanager("two", "user")', env());
    expect(secret).toEqual({ text: "root", secrets: ["root"], isSensitive: true });
    expect(text('aws_secretsmanager("two", "port")', env())).toBe("5432");
    expect(text('aws_secretsmanager("one", null)', env())).toBe("only");
    expect(text('aws_secretsmanager("text", null)', env())).toBe("just text");
    expect(text('aws_secretsmanager_raw("one")', env())).toBe('{"password":"only"}');
  });

  test("says what is wrong", () => {
    expect(text('aws_secretsmanager("", "a")', env())).toContain("At least one secret name must be provided");
    expect(text('aws_secretsmanager("two", null)', env())).toContain("Secret has multiple values and no key was set");
    expect(text('aws_secretsmanager("two", "no")', env())).toContain('No secret found for key "no"');
    expect(text('aws_secretsmanager("two", "list")', env())).toContain("Unsupported secret value type: list");
    expect(text('aws_secretsmanager("binary", null)', env())).toContain("Secret is not string");
    expect(text('aws_secretsmanager("none", null)', env())).toContain("ResourceNotFoundException");
    expect(text('aws_secretsmanager("one", null)', { ...env(), AWS_SECRET_ACCESS_KEY: "x" })).toContain("signature");
    expect(text('aws_secretsmanager("one", null)', here())).toContain("no AWS region is set");
    expect(text('aws_secretsmanager("one", null)', { ...here(), AWS_REGION: "a" })).toContain("no AWS credentials");
  });

  test("takes keys, region and roles from the shared files", () => {
    writeFileSync(
      file("credentials"),
      `[base]\naws_access_key_id = ${keys.AWS_ACCESS_KEY_ID}\naws_secret_access_key = ${keys.AWS_SECRET_ACCESS_KEY}\n`,
    );
    writeFileSync(
      file("config"),
      "[profile base]\nregion = eu-west-1\n[profile role]\nregion=us-east-1\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = base\n[profile sso]\nregion=a\nsso_session = x\n",
    );
    const files = { ...here(), AWS_SHARED_CREDENTIALS_FILE: file("credentials"), AWS_CONFIG_FILE: file("config") };
    expect(text('aws_secretsmanager("one", null)', { ...files, AWS_PROFILE: "base" })).toBe("only");
    expect(text('aws_secretsmanager("one", null)', { ...files, AWS_PROFILE: "role" })).toBe("only");
    expect(text('aws_secretsmanager("one", null)', { ...files, AWS_PROFILE: "sso" })).toContain("uses sso_session");
  });
});

test("a request that gets no answer ends with its time", async () => {
  const silent = spawn(process.execPath, [
    "-e",
    "const s=require('node:net').createServer().listen(0,'127.0.0.1',()=>console.log(s.address().port))",
  ]);
  const [port] = (await once(silent.stdout, "data")) as [Buffer];
  const url = `http://127.0.0.1:${port.toString().trim()}/`;
  expect(() => blockingRequest({ method: "GET", url, headers: {}, timeoutMs: 300 })).toThrow("no answer within 0.3 s");
  silent.kill();
  await once(silent, "exit");
});
