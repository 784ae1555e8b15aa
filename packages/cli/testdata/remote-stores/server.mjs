// A small server of a test: answers as Vault, Consul, AWS Secrets Manager and the AWS token service document their APIs. Writes its
// port on standard output. Ends with its standard input. Usage: node server.mjs [KEY_FILE CERT_FILE]
import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";

const [keyFile, certFile] = process.argv.slice(2);
const SECRET_KEYS = { AKIDEXAMPLE: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ASIAROLE: "role-secret" };
const base64 = (text) => Buffer.from(text).toString("base64");

const vault = {
  "secret/data/app": { data: { data: { password: "v2-pass", count: 3 }, metadata: { version: 1 } } },
  "kv/app": { data: { password: "v1-pass" } },
  "secret/data/deleted": { data: { data: null }, warnings: ["it was deleted"] },
};
const consul = { "app/color": "blue", "app/empty": "" };
const secrets = {
  one: JSON.stringify({ password: "only" }),
  two: JSON.stringify({ user: "root", port: 5432, list: [1] }),
  text: "just text",
};

function answerVault({ headers }, path) {
  if (headers["x-vault-token"] !== "root") return [403, { errors: ["permission denied"] }];
  if (path === "team/app") return [200, { data: { namespace: headers["x-vault-namespace"] ?? "none" } }];
  return vault[path] ? [200, vault[path]] : [404, { errors: [] }];
}

function answerConsul({ headers }, path) {
  if (headers["x-consul-token"] !== "reader") return [403, "Permission denied"];
  if (consul[path] === undefined) return [404, ""];
  return [200, [{ Key: path, Value: consul[path] === "" ? null : base64(consul[path]) }]];
}

/** Checks the signature as AWS describes it. */
function isSigned({ method, url, headers }, body) {
  const match = /Credential=([^/]+)\/(\d+)\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)/.exec(
    headers.authorization ?? "",
  );
  if (!match) return false;
  const [, id, date, region, service, names, signature] = match;
  if (id === "ASIAROLE" && headers["x-amz-security-token"] !== "role-token") return false;
  const hash = (text) => createHash("sha256").update(text).digest("hex");
  const hmac = (key, text) => createHmac("sha256", key).update(text).digest();
  const canonical = [method, url, "", ...names.split(";").map((name) => `${name}:${headers[name].trim()}`), "", names, hash(body)];
  const toSign = ["AWS4-HMAC-SHA256", headers["x-amz-date"], `${date}/${region}/${service}/aws4_request`, hash(canonical.join("\n"))];
  const key = [date, region, service, "aws4_request"].reduce(hmac, `AWS4${SECRET_KEYS[id]}`);
  return hmac(key, toSign.join("\n")).toString("hex") === signature;
}

function answerAws(request, body) {
  if (!isSigned(request, body)) return [403, { __type: "InvalidSignatureException", message: "The signature does not match." }];
  if (request.headers["x-amz-target"] === "secretsmanager.GetSecretValue") {
    const { SecretId } = JSON.parse(body);
    if (SecretId === "binary") return [200, { SecretBinary: "AAAA" }];
    const SecretString = secrets[SecretId];
    if (SecretString !== undefined) return [200, { SecretString }];
    return [400, { __type: "ResourceNotFoundException", Message: "Secrets Manager can't find the specified secret." }];
  }
  return [200, "<C><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>role-secret</SecretAccessKey><SessionToken>role-token</SessionToken></C>"];
}

async function handle(request, response) {
  let body = "";
  for await (const chunk of request) body += chunk;
  const [, store, path] = /^\/v1\/(kv(?=\/app\/)\/|)?(.*)$/.exec(request.url) ?? [];
  const isConsul = request.headers["x-vault-request"] === undefined;
  const [status, answer] =
    request.method === "POST"
      ? answerAws(request, body)
      : isConsul
        ? answerConsul(request, decodeURIComponent(path ?? ""))
        : answerVault(request, decodeURIComponent((store ?? "") + (path ?? "")));
  response.writeHead(status).end(typeof answer === "string" ? answer : JSON.stringify(answer));
}

const server = keyFile
  ? https.createServer({ key: readFileSync(keyFile), cert: readFileSync(certFile) }, handle)
  : http.createServer(handle);
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.resume().on("end", () => process.exit());
