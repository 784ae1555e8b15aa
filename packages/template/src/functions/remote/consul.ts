import { messageOf } from "@ingot/diag";
import { FunctionError } from "@ingot/hcl";
import { isRecord, parseJson, type RemoteResponse, type RemoteScene } from "./remote-request.js";
import { tlsFromEnvironment } from "./tls-from-environment.js";
import { isTrue } from "./vault.js";

const TLS = {
  caFile: "CONSUL_CACERT",
  caFolder: "CONSUL_CAPATH",
  cert: "CONSUL_CLIENT_CERT",
  key: "CONSUL_CLIENT_KEY",
  serverName: "CONSUL_TLS_SERVER_NAME",
};

/** The value of a key of Consul's store. Throws FunctionError. */
export function readConsulKey(key: string, scene: RemoteScene): string {
  const fail = (reason: string, cause?: unknown): FunctionError =>
    new FunctionError(`error reading consul key: ${reason}`, undefined, { cause });
  let response: RemoteResponse;
  try {
    response = request(key, scene);
  } catch (error) {
    if (error instanceof FunctionError) throw error;
    throw fail(messageOf(error), error);
  }
  const { status, body } = response;
  if (status === 404) throw new FunctionError(`key does not exist at the given path: ${key}`);
  if (status !== 200) throw fail(`Unexpected response code: ${status} (${body.trim().slice(0, 200)})`);
  const answer = parseJson(body);
  const entry: unknown = Array.isArray(answer) ? answer[0] : undefined;
  if (!isRecord(entry)) throw fail("the server's answer is not what its API promises");
  const value = typeof entry["Value"] === "string" ? Buffer.from(entry["Value"], "base64").toString() : "";
  if (value === "") throw new FunctionError(`value is empty at path ${key}`);
  return value;
}

function request(key: string, scene: RemoteScene): RemoteResponse {
  const { env } = scene;
  const given = env["CONSUL_HTTP_ADDR"] || "127.0.0.1:8500";
  const [, scheme, rest = ""] = /^(?:([a-z]+):\/\/)?(.*)$/s.exec(given) ?? [];
  const query = new URLSearchParams();
  if (env["CONSUL_NAMESPACE"]) query.set("ns", env["CONSUL_NAMESPACE"]);
  if (env["CONSUL_PARTITION"]) query.set("partition", env["CONSUL_PARTITION"]);
  const path = `/v1/kv/${key.replace(/^\/+/, "").split("/").map(encodeURIComponent).join("/")}`;
  const full = query.size > 0 ? `${path}?${query.toString()}` : path;
  const isSecure = scheme === "https" || (scheme !== "unix" && isTrue(env["CONSUL_HTTP_SSL"]));
  const where =
    scheme === "unix"
      ? { url: given, path: full }
      : { url: `${isSecure ? "https" : "http"}://${rest.replace(/\/+$/, "")}${full}` };
  const verifies = env["CONSUL_HTTP_SSL_VERIFY"];
  const tls = tlsFromEnvironment(scene, TLS, verifies !== undefined && verifies !== "" && !isTrue(verifies));
  return scene.send({ method: "GET", ...where, headers: headersFor(scene), tls, timeoutMs: 60_000 });
}

function headersFor({ env, readText }: RemoteScene): Readonly<Record<string, string>> {
  const file = env["CONSUL_HTTP_TOKEN_FILE"];
  const token = env["CONSUL_HTTP_TOKEN"] || (file ? readText(file)?.trim() : undefined);
  const login = env["CONSUL_HTTP_AUTH"];
  return {
    ...(token && { "X-Consul-Token": token }),
    ...(login && { Authorization: `Basic ${Buffer.from(login).toString("base64")}` }),
  };
}
