import { spawn } from "node:child_process";
import { once } from "node:events";
import { isObject } from "../image/parse-document.js";
import type { Credentials } from "./registry-credentials.js";

/**
 * Asks a Docker credential helper (`docker-credential-NAME get`) for a registry's credentials. Gives undefined when the
 * helper has none, fails or is not installed: the registry may be public, and says so itself when it is not.
 */
export async function runHelper(name: string, registry: string): Promise<Credentials | undefined> {
  if (!/^[\w.-]+$/.test(name)) return undefined;
  const child = spawn(`docker-credential-${name}`, ["get"], {
    stdio: ["pipe", "pipe", "ignore"],
    env: process.env,
  });
  child.stdin.on("error", () => undefined); // it may not read
  child.stdin.end(registry);
  let output = "";
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  const timer = setTimeout(() => child.kill("SIGKILL"), 30_000);
  try {
    const [code] = (await once(child, "close")) as [number | null];
    if (code !== 0) return undefined;
    const answer: unknown = JSON.parse(output);
    if (!isObject(answer)) return undefined;
    const { Username: username, Secret: password } = answer;
    if (typeof username !== "string" || typeof password !== "string") return undefined;
    return { username, password };
  } catch {
    return undefined; // not installed, or no JSON
  } finally {
    clearTimeout(timer);
  }
}
