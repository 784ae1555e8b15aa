import { lstat, readdir, stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { BuildInfo, Problem } from "@ingot/sdk";
import { isPathLike, taggedPaths } from "./base/base-spec.js";
import type { OciConfig } from "./config.js";
import { parsePlatform } from "./image/platform.js";
import { OciError } from "./oci-error.js";
import { parseReference } from "./registry/image-reference.js";

type Facts = Pick<BuildInfo, "workingDirectory" | "force">;

/** Checks what the schema cannot: values that must fit each other, and an output that must not exist. */
export async function checkConfig(config: OciConfig, build: Facts): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  const add = (name: string | (string | number)[], summary: string, detail: string): void =>
    void problems.push({ path: typeof name === "string" ? [name] : name, summary, detail });
  const inUse = await describeOutput(resolve(build.workingDirectory, config.output), build.force);
  if (config.output === "") add("output", "Invalid value", "The output needs a name.");
  else if (inUse !== undefined) add("output", "Output exists", `"${config.output}" ${inUse}`);
  else if (isInside(config.output, config.base, build.workingDirectory))
    add(
      "output",
      "Output inside the base",
      `"${config.output}" is in the folder "${config.base}", so it would become part of itself.`,
    );
  const baseProblem = await checkBase(config.base, build);
  if (baseProblem !== undefined) add("base", "Unusable base image", baseProblem);
  if (config.platform !== undefined && parsePlatform(config.platform) === undefined)
    add("platform", "Invalid platform", `"${config.platform}" has not the form "linux/amd64" or "linux/arm/v7".`);
  if ((config.username === undefined) !== (config.password === undefined))
    add(
      config.username === undefined ? "password" : "username",
      "Incomplete login",
      'Set both "username" and "password".',
    );
  for (const [index, port] of (config.exposed_ports ?? []).entries())
    if (!isPort(port))
      add(["exposed_ports", index], "Invalid port", `"${port}" is not a port such as "8080" or "53/udp".`);
  for (const [index, tag] of (config.tags ?? []).entries())
    if (!/^[A-Za-z0-9][A-Za-z0-9._:/@+-]*$/.test(tag))
      add(["tags", index], "Invalid tag", `"${tag}" is not a name for an image, such as "app:1".`);
  for (const [index, volume] of (config.volumes ?? []).entries())
    if (!volume.startsWith("/")) add(["volumes", index], "Invalid volume", `"${volume}" is not an absolute path.`);
  if (config.working_dir !== undefined && !config.working_dir.startsWith("/"))
    add("working_dir", "Invalid working directory", `"${config.working_dir}" is not an absolute path.`);
  for (const name of Object.keys(config.env ?? {}))
    if (name === "" || name.includes("=") || name.includes("\0"))
      add(["env", name], "Invalid variable", `"${name}" cannot be the name of an environment variable.`);
  return problems;
}

/**
 * Tells why nothing can be written to a path, or undefined. With `force` files, image layouts and empty folders are in
 * nobody's way, but no other folder is ever replaced.
 */
export async function describeOutput(path: string, force: boolean): Promise<string | undefined> {
  const info = await lstat(path).catch(() => undefined); // most often: not there
  if (info === undefined) return undefined;
  if (!force) return "exists already. Remove it, choose another name, or use -force to replace it.";
  if (!info.isDirectory()) return undefined;
  const names = await readdir(path);
  if (names.length === 0 || names.includes("oci-layout")) return undefined;
  return "is a folder that is no image layout; it is not replaced, not even with -force.";
}

/** A base that another build of the same run makes may be missing still; only its form can be checked. */
async function checkBase(base: string, { workingDirectory }: Facts): Promise<string | undefined> {
  if (base === "scratch" || isPathLike(base)) return undefined;
  for (const path of [base, ...taggedPaths(base).map(([item]) => item)])
    if (path !== "" && (await exists(resolve(workingDirectory, path)))) return undefined;
  try {
    parseReference(base.replace(/^docker:\/\//, ""));
    return undefined;
  } catch (error) {
    if (error instanceof OciError) return error.message;
    throw error;
  }
}

/** A base that is no folder has no paths below it, so its form does not matter here. */
function isInside(output: string, base: string, workingDirectory: string): boolean {
  if (base === "scratch") return false;
  return `${resolve(workingDirectory, output)}/`.startsWith(`${resolve(workingDirectory, base).replace(/\/$/, "")}/`);
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

function isPort(text: string): boolean {
  const match = /^(\d+)(?:-(\d+))?(?:\/(tcp|udp|sctp))?$/.exec(text);
  return match !== null && Number(match[1]) <= 65535 && Number(match[2] ?? 0) <= 65535;
}
