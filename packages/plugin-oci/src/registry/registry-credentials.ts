import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { isObject } from "../image/parse-document.js";
import { OciError, errorCode } from "../oci-error.js";
import { runHelper } from "./credential-helper.js";

/** How to log in to a registry. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/**
 * Looks up credentials in the files that Docker, Podman and Skopeo write: the file that REGISTRY_AUTH_FILE names, or else
 * Podman's and Docker's own. Gives undefined when there are none. Credential helpers are asked when the file names one.
 */
export async function findCredentials(
  registry: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Credentials | undefined> {
  const keys =
    registry === "registry-1.docker.io" ? ["https://index.docker.io/v1/", "docker.io", registry] : [registry];
  for (const file of credentialFiles(environment)) {
    const document = await readDocument(file);
    if (document === undefined) continue;
    for (const key of keys) {
      const helper = helperFor(document, key);
      const found = helper === undefined ? storedIn(document, key) : await runHelper(helper, key);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function credentialFiles(environment: NodeJS.ProcessEnv): string[] {
  const named = environment["REGISTRY_AUTH_FILE"];
  if (named !== undefined && named !== "") return [named];
  const runtime = environment["XDG_RUNTIME_DIR"];
  const docker = environment["DOCKER_CONFIG"] ?? join(environment["HOME"] ?? homedir(), ".docker");
  return [...(runtime === undefined ? [] : [join(runtime, "containers", "auth.json")]), join(docker, "config.json")];
}

async function readDocument(file: string): Promise<Record<string, unknown> | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return undefined;
    throw error;
  }
  try {
    const document: unknown = JSON.parse(text);
    return isObject(document) ? document : undefined;
  } catch {
    throw new OciError("bad-credentials-file", `The registry credentials in ${file} are not JSON.`); // never quote it
  }
}

function helperFor(document: Record<string, unknown>, key: string): string | undefined {
  const helpers = document["credHelpers"];
  const own = isObject(helpers) ? helpers[key] : undefined;
  const store = own ?? document["credsStore"];
  return typeof store === "string" && store !== "" ? store : undefined;
}

function storedIn(document: Record<string, unknown>, key: string): Credentials | undefined {
  const all = document["auths"];
  if (!isObject(all)) return undefined;
  const entry = all[key] ?? all[`https://${key}`] ?? all[`https://${key}/v1/`] ?? all[`https://${key}/v2/`];
  if (!isObject(entry)) return undefined;
  if (typeof entry["auth"] === "string") {
    const [username = "", ...rest] = Buffer.from(entry["auth"], "base64").toString("utf8").split(":");
    if (username !== "") return { username, password: rest.join(":").replace(/\0+$/, "") };
  }
  const { username, password } = entry as { username?: unknown; password?: unknown };
  return typeof username === "string" && typeof password === "string" ? { username, password } : undefined;
}
