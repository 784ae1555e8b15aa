import { FunctionError } from "@ingot/hcl";
import { messageOf } from "@ingot/diag";
import { isRecord, parseJson, type RemoteResponse, type RemoteScene } from "./remote-request.js";
import { tlsFromEnvironment } from "./tls-from-environment.js";

const TLS = {
  caFile: "VAULT_CACERT",
  caFolder: "VAULT_CAPATH",
  caText: "VAULT_CACERT_BYTES",
  cert: "VAULT_CLIENT_CERT",
  key: "VAULT_CLIENT_KEY",
  serverName: "VAULT_TLS_SERVER_NAME",
};

/** One value of a secret of Vault, by the path of its HTTP API: `secret/data/NAME` in a store of version 2. Throws FunctionError. */
export function readVaultSecret(path: string, key: string, scene: RemoteScene): string {
  const { env } = scene;
  if (!env["VAULT_TOKEN"])
    throw new FunctionError("Must set VAULT_TOKEN env var in order to use vault template function");
  const { status, body } = request(path, scene);
  const answer = parseJson(body);
  if (status === 404) throw new FunctionError("Vault Secret does not exist at the given path");
  if (status < 200 || status > 299) {
    const errors = isRecord(answer) && Array.isArray(answer["errors"]) ? answer["errors"].map(String) : [];
    throw new FunctionError(
      `Error reading vault secret: ${[`the server answered with status ${status}`, ...errors].join(": ")}`,
    );
  }
  if (!isRecord(answer) || !isRecord(answer["data"]))
    throw new FunctionError("Vault Secret does not exist at the given path");
  const { data } = answer;
  if (!("data" in data)) return textIn(data, key);
  if (isRecord(data["data"])) return textIn(data["data"], key);
  // A secret of a version 1 store may have a key of that name.
  if (data["data"] !== null) return textIn(data, key);
  const warnings = Array.isArray(answer["warnings"]) ? answer["warnings"].map(String).join("; ") : "";
  throw new FunctionError(`Vault data was empty at the given path. Warnings: ${warnings}`);
}

function textIn(data: Readonly<Record<string, unknown>>, key: string): string {
  const value = Object.hasOwn(data, key) ? data[key] : undefined;
  if (typeof value === "string") return value;
  if (value === undefined || value === null) throw new FunctionError("Vault path does not contain the requested key");
  throw new FunctionError(`Unsupported secret value type: ${Array.isArray(value) ? "list" : typeof value}`);
}

function request(path: string, scene: RemoteScene): RemoteResponse {
  const { env } = scene;
  const address = env["VAULT_AGENT_ADDR"] || env["VAULT_ADDR"] || "https://127.0.0.1:8200";
  const apiPath = `/v1/${path.replace(/^\/+/, "").split("/").map(encodeURIComponent).join("/")}`;
  const seconds = Number(/^(\d+)s?$/.exec(env["VAULT_CLIENT_TIMEOUT"] ?? "")?.[1] ?? 60);
  const tls = tlsFromEnvironment(scene, TLS, isTrue(env["VAULT_SKIP_VERIFY"]));
  const headers = {
    "X-Vault-Request": "true",
    "X-Vault-Token": env["VAULT_TOKEN"] ?? "",
    ...(env["VAULT_NAMESPACE"] && { "X-Vault-Namespace": env["VAULT_NAMESPACE"] }),
  };
  const where = address.startsWith("unix://")
    ? { url: address, path: apiPath }
    : { url: `${address.replace(/\/+$/, "")}${apiPath}` };
  try {
    return scene.send({ method: "GET", ...where, headers, tls, timeoutMs: seconds * 1000 });
  } catch (error) {
    throw new FunctionError(`Error reading vault secret: ${messageOf(error)}`, undefined, { cause: error });
  }
}

/** As Go reads truth. */
export function isTrue(text: string | undefined): boolean {
  return text !== undefined && /^(1|t|T|true|TRUE|True)$/.test(text);
}
