import { createHash } from "node:crypto";
import { chmod, copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "@ingot/diag";
import { DescribeResponse, HANDSHAKE, PluginServiceService, unary } from "@ingot/protocol";
import { startPluginProcess } from "../testing/plugin-process.js";
import { PackError } from "./pack-error.js";

const TIMEOUT_MS = 60_000;

/**
 * Starts a plugin as Ingot does, but alone in an empty folder, and asks what it is. Throws PackError with what it wrote to standard
 * error when it doesn't come up.
 */
export async function describeAlone(file: string, name: string): Promise<DescribeResponse> {
  const folder = await mkdtemp(join(tmpdir(), "ingot-pack-"));
  try {
    const copy = join(folder, name);
    await copyFile(file, copy);
    await chmod(copy, 0o700);
    // What Node finds by these isn't there at others'.
    const env = { NODE_PATH: "", NODE_OPTIONS: "" };
    await using plugin = await startPluginProcess(copy, { cwd: folder, env, timeoutMs: TIMEOUT_MS });
    const request = { hostVersion: "0.0.0-pack", capabilities: [] };
    return await unary(plugin.client, PluginServiceService.describe, request, { timeoutMs: TIMEOUT_MS });
  } catch (error) {
    throw new PackError(
      `The packed plugin ${name} doesn't start when nothing else is beside it, so it would not elsewhere: ${withoutStack(messageOf(error))}`,
      { cause: error },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function withoutStack(text: string): string {
  const lines = text.split("\n").filter((line) => !/^\s+at /.test(line));
  return lines.join("\n").trim();
}

/**
 * The text of the file that tells Ingot what the plugin offers without starting it: it holds for exactly this executable. The same
 * description gives the same text, in whatever order the plugin's language keeps maps.
 */
export async function descriptionFileText(executable: string, description: DescribeResponse): Promise<string> {
  const sha256 = createHash("sha256")
    .update(await readFile(executable))
    .digest("hex");
  const encoded = DescribeResponse.encode(inOrder(description)).finish();
  const facts = {
    sha256,
    protocolVersion: HANDSHAKE.protocolVersions[0],
    description: Buffer.from(encoded).toString("base64"),
  };
  return `${JSON.stringify(facts, undefined, 2)}\n`;
}

/** The same value with the names of all its objects sorted. */
function inOrder<T>(value: T): T {
  if (Array.isArray(value)) return value.map(inOrder) as T;
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, child]) => [key, inOrder(child as unknown)])) as T;
}
