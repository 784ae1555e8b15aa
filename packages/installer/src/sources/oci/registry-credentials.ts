import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { InstallError } from "../../install-error.js";
import { printable } from "../../printable.js";
import { systemCodeOf } from "../../system-code.js";
import { given, type Environment } from "../http/environment.js";

/** How to log in to a registry: a user name with a password, or a token that is exchanged for others. */
export type RegistryCredentials =
  { readonly username: string; readonly password: string } | { readonly identityToken: string };

/**
 * The login for a registry from the files that Docker, Podman, Skopeo and ORAS write: the one that REGISTRY_AUTH_FILE names, else
 * Docker's and Podman's own. Credential helpers are asked when a file names one. Undefined when there is none.
 */
export async function findRegistryCredentials(
  server: string,
  env: Environment,
  signal: AbortSignal,
): Promise<RegistryCredentials | undefined> {
  const keys =
    server === "registry-1.docker.io"
      ? ["https://index.docker.io/v1/", "docker.io", "index.docker.io", server]
      : [server];
  for (const file of credentialFiles(env)) {
    const document = await readDocument(file);
    if (document === undefined) continue;
    for (const key of keys) {
      const helper = helperFor(document, key);
      const found =
        storedIn(document, key) ?? (helper === undefined ? undefined : await askHelper(helper, key, env, signal));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function credentialFiles(env: Environment): readonly string[] {
  const named = given(env, "REGISTRY_AUTH_FILE");
  if (named !== undefined) return [named];
  const home = given(env, "HOME") ?? homedir();
  const runtime = given(env, "XDG_RUNTIME_DIR");
  return [
    path.join(given(env, "DOCKER_CONFIG") ?? path.join(home, ".docker"), "config.json"),
    ...(runtime === undefined ? [] : [path.join(runtime, "containers", "auth.json")]),
    path.join(given(env, "XDG_CONFIG_HOME") ?? path.join(home, ".config"), "containers", "auth.json"),
  ];
}

type Fields = Readonly<Record<string, unknown>>;

async function readDocument(file: string): Promise<Fields | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    return undefined; // nobody logged in
  }
  try {
    return fieldsOf(JSON.parse(text));
  } catch (cause) {
    throw new InstallError(`The file of registry logins ${file} is not JSON.`, { cause });
  }
}

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

function helperFor(document: Fields, key: string): string | undefined {
  const name = fieldsOf(document["credHelpers"])?.[key] ?? document["credsStore"];
  return typeof name === "string" && /^[A-Za-z0-9._-]+$/.test(name) ? name : undefined;
}

function storedIn(document: Fields, key: string): RegistryCredentials | undefined {
  const all = fieldsOf(document["auths"]) ?? {};
  const name = Object.keys(all).find(
    (each) => each === key || each.replace(/^https?:\/\//, "").replace(/\/(?:v[12]\/?)?$/, "") === key,
  );
  const entry = name === undefined ? undefined : fieldsOf(all[name]);
  if (entry === undefined) return undefined;
  const { identitytoken, auth } = entry;
  if (typeof identitytoken === "string" && identitytoken !== "") return { identityToken: identitytoken };
  if (typeof auth !== "string") return undefined;
  const [, username, password] = /^([^:]+):([^]*)$/.exec(Buffer.from(auth, "base64").toString("utf8")) ?? [];
  return username === undefined || password === undefined || password === "" ? undefined : { username, password };
}

/** Runs `docker-credential-NAME get`. Nothing is found when it says so, or when it isn't installed. */
async function askHelper(
  name: string,
  key: string,
  env: Environment,
  signal: AbortSignal,
): Promise<RegistryCredentials | undefined> {
  const program = `docker-credential-${name}`;
  const output = await new Promise<string | undefined>((resolve, reject) => {
    const child = execFile(program, ["get"], { env, signal, timeout: 30_000, maxBuffer: 1 << 20 }, (error, stdout) => {
      if (error === null) return resolve(stdout);
      if (signal.aborted) return reject(signal.reason as Error);
      if (systemCodeOf(error) === "ENOENT" || /credentials not found/i.test(stdout)) return resolve(undefined);
      reject(
        new InstallError(`The credential helper ${program} failed: ${printable(stdout.trim()) || "it said nothing"}.`, {
          cause: error,
        }),
      );
    });
    child.stdin?.on("error", () => {}); // it may not read
    child.stdin?.end(key);
  });
  if (output === undefined) return undefined;
  let answer: Fields | undefined;
  try {
    answer = fieldsOf(JSON.parse(output));
  } catch {
    throw new InstallError(`The credential helper ${program} gave an answer that is not JSON.`);
  }
  const { Username: username, Secret: secret } = answer ?? {};
  if (typeof username !== "string" || typeof secret !== "string" || secret === "") return undefined;
  return username === "<token>" ? { identityToken: secret } : { username, password: secret };
}
